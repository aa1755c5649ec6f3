import { toAddress, type Address } from '../../../libs/address/src/index.js';
import type { Random } from '../../faults/random.js';
import type { Resolution } from '../../../libs/groupcall/src/domain/resolution.js';
import { DestinationResolver } from '../../../libs/groupcall/src/ports/destination-resolver.port.js';

export const AGENTS = ['a', 'b', 'c'].map((letter) => `00000000-0000-4000-8000-00000000000${letter}`);
export const EXTENSIONS = ['100', '101', '102'];

/** Who can be looked up, the same for as long as a world lasts. Some ring in circles, some cannot be rung. */
export class Directory extends DestinationResolver {
  private readonly known = new Map<string, Resolution>();

  constructor(random: Random) {
    super();
    for (const name of [...AGENTS, ...EXTENSIONS]) this.known.set(name, randomResolution(random, name));
  }

  override async resolve(_customerId: string, destination: Address): Promise<Resolution> {
    return (
      this.known.get(destination.target_name || destination.target) ?? { resolved: false, detail: 'unknown' }
    );
  }
}

function randomResolution(random: Random, name: string): Resolution {
  if (random.chance(0.15)) return { resolved: false, detail: 'no contact' };
  const destinations = Array.from({ length: random.between(0, 3) }, (_, index) =>
    random.weighted<Address>([
      [6, toAddress({ type: 'sip', target: `${name}-${index}@phone.example` })],
      [1, toAddress({ type: 'tel', target: 'nonsense' })],
      [1, toAddress({ type: 'agent', target: random.pick(AGENTS) })],
      [1, toAddress({ type: 'extension', target_name: random.pick(EXTENSIONS) })],
    ]),
  );
  return { resolved: true, ringMethod: random.pick(['ring_all', 'linear'] as const), destinations };
}

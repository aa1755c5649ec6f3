import { toAddress, type Address } from '@groupcall/address';
import type { Resolution } from '../../domain/resolution.js';
import type { RingMethod } from '../../domain/status.js';
import { DestinationResolver } from '../../ports/destination-resolver.port.js';

/** Agents and extensions that a test knows; nobody else is known. */
export class TestDirectory extends DestinationResolver {
  private readonly entries = new Map<string, Resolution>();

  /**
   * From now on this agent is known.
   * @param id UUID of the agent
   */
  agent(id: string, addresses: readonly Partial<Address>[], ringMethod: RingMethod = 'ring_all'): this {
    return this.know(`agent ${id}`, {
      resolved: true,
      ringMethod,
      destinations: addresses.map(toAddress),
      ownerId: id,
    });
  }

  /**
   * From now on this extension is known.
   * @param contacts `user@host`
   */
  extension(name: string, contacts: readonly string[]): this {
    const destinations = contacts.map((target) => toAddress({ type: 'sip', target }));
    return this.know(`extension ${name}`, { resolved: true, ringMethod: 'ring_all', destinations });
  }

  override async resolve(_customerId: string, { type, target, target_name }: Address): Promise<Resolution> {
    const key = type === 'agent' ? `agent ${target}` : `${type} ${target_name || target}`;
    return this.entries.get(key) ?? { resolved: false, detail: `the test's directory does not know ${key}` };
  }

  private know(key: string, resolution: Resolution): this {
    this.entries.set(key, resolution);
    return this;
  }
}

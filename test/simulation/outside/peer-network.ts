import {
  PeerLink,
  type PeerLetter,
  type PeerListener,
} from '../../../libs/groupcall/src/ports/peer-link.port.js';
import { ProcessNumber } from '../../../libs/groupcall/src/runtime/process-number.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Random } from '../../faults/random.js';
import type { Life } from '../process/life.js';
import type { Trace } from '../trace.js';
import type { Weather } from '../weather.js';

interface Station {
  readonly address: string;
  readonly listener: PeerListener;
}

const LATEST = 8_000;
/** ms that a torn link needs to come back, at most. */
const LONGEST_TORN = 2_000;

/** What processes speak to each other by: it loses letters, brings them late and out of order, and breaks. */
export class PeerNetwork {
  private readonly stations = new Map<Life, Station>();
  private given = 0;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly weather: () => Weather,
    private readonly trace: Trace,
  ) {}

  join(life: Life, listener: PeerListener): void {
    if (!life.isAlive) return;
    this.given += 1;
    const address = `${life.name}#${this.given}`;
    this.stations.set(life, { address, listener });
    listener.begun(address);
  }

  leave(life: Life): void {
    this.stations.delete(life);
  }

  /** Its link breaks, and is there again after a while, at another address. */
  tear(life: Life): void {
    const station = this.stations.get(life);
    if (!station) return;
    this.trace.note(() => `${life.name} hears its peers no more`);
    this.leave(life);
    life.reach(() => station.listener.ended());
    life.after(this.random.next() * LONGEST_TORN, () => this.join(life, station.listener));
  }

  carry(from: Life, { to, text }: PeerLetter): void {
    const sender = this.stations.get(from);
    if (!sender) return;
    for (const [life, station] of this.stations) {
      if (!life.isAlive) this.stations.delete(life);
      else if (to === undefined ? life !== from : station.address === to) this.bring(life, station, text);
    }
  }

  /** A number for a life: two in a hundred have that of somebody else. */
  numberFor(life: Life): ProcessNumber {
    return new SimulatedNumber(this.random, this.given, Number(life.name[1]));
  }

  private bring(life: Life, station: Station, text: string): void {
    const { lost, late, latency } = this.weather().peers;
    if (this.random.chance(lost)) return this.trace.note(() => `letter to ${station.address} lost: ${text}`);
    const way = this.random.chance(late) ? LATEST : latency;
    this.agenda.after(this.random.next() * way, () => {
      if (this.stations.get(life) !== station) return;
      life.reach(() => {
        if (!text.includes('"alive"')) this.trace.note(() => `letter to ${station.address}: ${text}`);
        station.listener.heard(text);
      });
    });
  }
}

class SimulatedNumber extends ProcessNumber {
  constructor(
    private readonly random: Random,
    private readonly lives: number,
    private readonly which: number,
  ) {
    super();
  }

  protected override draw(below: number): number {
    if (this.random.chance(0.02)) return 1 % below;
    return (16 * this.lives + this.which) % below;
  }
}

/** A process's own end of it. */
export class DistantPeerLink extends PeerLink {
  override readonly mostBytes = 7_900;

  constructor(
    private readonly network: PeerNetwork,
    private readonly life: Life,
  ) {
    super();
  }

  override start(_topic: string, listener: PeerListener): void {
    this.network.join(this.life, listener);
  }

  override async send(letters: readonly PeerLetter[]): Promise<void> {
    for (const letter of letters) this.network.carry(this.life, letter);
  }

  override async stop(): Promise<void> {
    this.network.leave(this.life);
  }
}

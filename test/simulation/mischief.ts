import type { InMemoryDatabase } from '../../libs/groupcall/src/adapters/in-memory/index.js';
import type { Random } from '../faults/random.js';
import type { Agenda } from '../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { PeerNetwork } from './outside/peer-network.js';
import type { TelephoneNetwork } from './outside/telephone-network.js';
import type { VirtualProcess } from './process/virtual-process.js';
import type { Trace } from './trace.js';
import type { Weather } from './weather.js';

const LONGEST_DOWN = 6_000;
const LONGEST_PAUSE = 9_000;

/** What happens to processes, clocks and the gateway as a whole, as often as the weather says. */
export class Mischief {
  private over = false;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly weather: Weather,
    private readonly processes: readonly VirtualProcess[],
    private readonly network: TelephoneNetwork,
    private readonly peers: PeerNetwork,
    private readonly database: InMemoryDatabase,
    private readonly trace: Trace,
  ) {}

  begin(): void {
    const { crashes, pauses, shutdowns, blackouts, amnesias, clockJumps, evictions, skew, peers } =
      this.weather;
    for (const process of this.processes) process.skew = this.error(skew);
    this.everyNow(crashes, () => this.crash(this.random.pick(this.processes)));
    this.everyNow(pauses, () => this.pause(this.random.pick(this.processes)));
    this.everyNow(shutdowns, () => this.shutDown(this.random.pick(this.processes)));
    this.everyNow(blackouts, () => this.processes.forEach((one) => this.crash(one)));
    this.everyNow(amnesias, () => this.network.forget());
    this.everyNow(clockJumps, () => (this.random.pick(this.processes).skew = this.error(skew)));
    this.everyNow(peers.torn, () => this.tear(this.random.pick(this.processes)));
    this.everyNow(evictions, () => this.evict(this.random.pick(this.processes)));
  }

  /** Everybody comes back, and nothing goes wrong any more. */
  heal(): void {
    this.over = true;
    for (const process of this.processes) {
      process.skew = 0;
      process.life?.resume();
      process.start();
    }
  }

  private everyNow(mean: number, happen: () => void): void {
    if (mean === Infinity) return;
    this.agenda.after(-Math.log(1 - this.random.next()) * mean, () => {
      if (this.over) return;
      happen();
      this.everyNow(mean, happen);
    });
  }

  private crash(process: VirtualProcess): void {
    process.crash();
    this.startLater(process);
  }

  private pause(process: VirtualProcess): void {
    const { life } = process;
    if (!life) return;
    this.trace.note(() => `${life.name} stands still`);
    life.pause();
    this.agenda.after(this.random.next() * LONGEST_PAUSE, () => {
      this.trace.note(() => `${life.name} goes on`);
      life.resume();
    });
  }

  private shutDown(process: VirtualProcess): void {
    process.shutDown(() => this.startLater(process));
  }

  private tear({ life }: VirtualProcess): void {
    if (life) this.peers.tear(life);
  }

  private evict(process: VirtualProcess): void {
    const roots = [...this.database.trees.keys()];
    if (roots.length > 0) process.evict(this.random.pick(roots));
  }

  private startLater(process: VirtualProcess): void {
    this.agenda.after(this.random.next() * LONGEST_DOWN, () => process.start());
  }

  private error(most: number): number {
    return Math.round((this.random.next() * 2 - 1) * most);
  }
}

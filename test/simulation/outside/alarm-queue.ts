import type { Random } from '../../faults/random.js';
import { AlarmClock } from '../../../libs/groupcall/src/ports/alarm-clock.port.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Life } from '../process/life.js';
import type { Wire } from '../process/wire.js';
import { short, type Trace } from '../trace.js';
import type { Weather } from '../weather.js';

type OnAlarm = (rootId: string) => Promise<void>;

const RETRY = 1_000;
/** ms after which a worker that has said nothing counts as dead, and its alarm rings elsewhere. */
const STALLED = 5_000;
const EARLIEST = 2_000;

/**
 * The server of the alarm queue: it has one alarm for each moment, forgets it, doubles it, and rings too early: it then
 * rings once more.
 */
export class AlarmQueue {
  private readonly listeners = new Map<Life, OnAlarm>();
  /** Moments to come that somebody has set. */
  private readonly known = new Set<number>();

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly weather: () => Weather,
    private readonly trace: Trace,
  ) {}

  async arm(rootId: string, at: number): Promise<boolean> {
    if (this.known.has(at)) return true;
    const { lost, duplicated, early } = this.weather().alarms;
    const wait = at - this.agenda.now;
    this.known.add(at);
    this.agenda.after(wait, () => this.known.delete(at));
    if (this.random.chance(lost)) {
      this.trace.note(() => `queue: loses the alarm of ${short(rootId)}`);
      return true;
    }
    this.later(rootId, wait + this.random.next() * 30);
    if (this.random.chance(early)) this.later(rootId, wait - this.random.next() * EARLIEST);
    if (this.random.chance(duplicated)) this.later(rootId, wait + this.random.next() * 500);
    return true;
  }

  listen(life: Life, onAlarm: OnAlarm): void {
    this.listeners.set(life, onAlarm);
  }

  leave(life: Life): void {
    this.listeners.delete(life);
  }

  private later(rootId: string, ms: number): void {
    this.agenda.after(ms, () => this.ring(rootId));
  }

  private ring(rootId: string): void {
    for (const life of this.listeners.keys()) if (!life.isAlive) this.listeners.delete(life);
    const lives = [...this.listeners];
    if (lives.length === 0) return this.later(rootId, RETRY);
    const [life, onAlarm] = this.random.pick(lives);
    this.trace.note(() => `queue: rings for ${short(rootId)} at ${life.name}`);
    let handled = false;
    const again = (ms: number) => {
      if (handled) return;
      handled = true;
      this.later(rootId, ms);
    };
    this.agenda.after(STALLED, () => again(0));
    life.reach(() => {
      onAlarm(rootId).then(
        () => (handled = true),
        () => again(RETRY),
      );
    });
  }
}

/** A process's own end of the queue. */
export class DistantAlarmClock extends AlarmClock {
  constructor(
    private readonly queue: AlarmQueue,
    private readonly life: Life,
    private readonly wire: Wire,
  ) {
    super();
  }

  override arm(rootId: string, at: number): Promise<boolean> {
    return this.wire.ask('queue', 'arm', () => this.queue.arm(rootId, at));
  }

  override async start(onAlarm: OnAlarm): Promise<void> {
    this.queue.listen(this.life, onAlarm);
  }

  override async stop(): Promise<void> {
    this.queue.leave(this.life);
  }
}

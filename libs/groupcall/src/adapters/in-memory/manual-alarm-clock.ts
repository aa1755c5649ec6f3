import { AlarmClock } from '../../ports/alarm-clock.port.js';
import type { ManualClock } from './manual-clock.js';

type OnAlarm = (rootId: string) => Promise<void>;

/** Virtual ms after which an alarm rings again whose handler has rejected. */
const RETRY_DELAY = 1_000;

/** What the alarm clocks of several pretended processes share: each alarm is rung by one of them. */
export class ManualAlarmQueue {
  private readonly listeners: OnAlarm[] = [];
  /** Due while nobody listened. */
  private overdue: string[] = [];
  /** Moments to come for which there is an alarm: one is enough for all who set it. */
  private readonly set = new Set<number>();

  constructor(private readonly clock: ManualClock) {}

  /** Rings one of the listeners at `at` (epoch ms), once for all who set a moment to come. */
  arm(rootId: string, at: number): void {
    if (this.set.has(at)) return;
    if (at > this.clock.now()) this.set.add(at);
    this.clock.schedule(at, () => {
      this.set.delete(at);
      return this.ring(rootId);
    });
  }

  /** Somebody begins to listen. */
  add(listener: OnAlarm): void {
    this.listeners.push(listener);
    for (const rootId of this.overdue.splice(0)) this.arm(rootId, this.clock.now());
  }

  /** Somebody listens no more. */
  remove(listener: OnAlarm): void {
    const place = this.listeners.indexOf(listener);
    if (place >= 0) this.listeners.splice(place, 1);
  }

  private async ring(rootId: string): Promise<void> {
    const listener = this.listeners.shift();
    if (!listener) {
      this.overdue.push(rootId);
      return;
    }
    // They take turns, so that every process gets its share.
    this.listeners.push(listener);
    try {
      await listener(rootId);
    } catch {
      this.arm(rootId, this.clock.now() + RETRY_DELAY);
    }
  }
}

/** Alarms in virtual time: they ring inside {@link ManualClock.advance}, which waits for their handlers. */
export class ManualAlarmClock extends AlarmClock {
  private listener: OnAlarm | null = null;
  private readonly running = new Set<Promise<void>>();

  /** @param queue the same one for every process of a test */
  constructor(private readonly queue: ManualAlarmQueue) {
    super();
  }

  override async arm(rootId: string, at: number): Promise<boolean> {
    this.queue.arm(rootId, at);
    return true;
  }

  override async start(onAlarm: OnAlarm): Promise<void> {
    await this.stop();
    this.listener = (rootId) => {
      const ringing = onAlarm(rootId).finally(() => this.running.delete(ringing));
      this.running.add(ringing);
      return ringing;
    };
    this.queue.add(this.listener);
  }

  override async stop(): Promise<void> {
    if (this.listener) this.queue.remove(this.listener);
    this.listener = null;
    await Promise.allSettled(this.running);
  }
}

import { Clock } from '../../ports/clock.port.js';

interface Timer {
  readonly at: number;
  readonly run: () => void | Promise<void>;
}

/** Virtual time (epoch ms): stands still until somebody moves it, so a test can wait for hours at no cost. */
export class ManualClock extends Clock {
  private readonly timers: Timer[] = [];

  /** @param moment where the hands stand at first, epoch ms */
  constructor(private moment = Date.UTC(2026, 0, 1)) {
    super();
  }

  override now(): number {
    return this.moment;
  }

  override read(): Promise<number> {
    return Promise.resolve(this.moment);
  }

  /** Has `run` called when the hands reach `at`; in the past or now: with the next {@link advance}, also by 0. */
  schedule(at: number, run: () => void | Promise<void>): void {
    const place = this.timers.findIndex((timer) => timer.at > at);
    this.timers.splice(place < 0 ? this.timers.length : place, 0, { at, run });
  }

  /**
   * Moves the hands forward by `ms`, stopping at everything that was scheduled on the way and waiting until it is
   * done. What is due at the same moment runs in the order in which it was scheduled.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new Error(`ManualClock: time cannot be moved by ${ms} ms; it only goes forward.`);
    const end = this.moment + ms;
    while (this.timers[0] && this.timers[0].at <= end) {
      const timer = this.timers.shift()!;
      this.moment = Math.max(this.moment, timer.at);
      await timer.run();
    }
    this.moment = Math.max(this.moment, end);
  }
}

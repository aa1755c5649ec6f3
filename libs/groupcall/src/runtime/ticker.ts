import type { Timers } from '../ports/timers.port.js';

/** Calls something again and again, never two at a time, until stopped. */
export class Ticker {
  private callOff = () => {};
  private running: Promise<unknown> = Promise.resolve();
  private stopped = true;

  /**
   * @param interval ms from the end of a call to the next one
   * @param work must not reject
   */
  constructor(
    private readonly timers: Timers,
    private readonly interval: number,
    private readonly work: () => Promise<unknown>,
  ) {}

  start(): void {
    this.stopped = false;
    this.next();
  }

  /** Resolves when the call under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.callOff();
    await this.running;
  }

  private next(): void {
    if (this.stopped) return;
    this.callOff = this.timers.after(this.interval, () => {
      this.running = this.work().finally(() => this.next());
    });
  }
}

/** Calls something again and again, never two at a time, until stopped. The only place that owns a timer. */
export class Ticker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = true;

  /** @param work must not reject */
  constructor(
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
    clearTimeout(this.timer);
    await this.running;
  }

  private next(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.work().finally(() => this.next());
    }, this.interval);
  }
}

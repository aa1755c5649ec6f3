/** Where the lines go; a Nest logger fits. */
export interface LogSink {
  warn(message: string): void;
}

/** At most one line per key and interval, with the number of those left out: an outage can report thousands a second. */
export class RateLimitedLog {
  private readonly lines = new Map<string, { at: number; leftOut: number }>();

  /**
   * @param now ms, since any moment
   * @param interval ms between two lines of a key
   */
  constructor(
    private readonly sink: LogSink,
    private readonly now: () => number,
    private readonly interval = 1_000,
  ) {}

  /** @param key from a small fixed set: each is remembered for ever */
  warn(key: string, message: string): void {
    const now = this.now();
    const last = this.lines.get(key);
    if (last && now - last.at < this.interval) {
      last.leftOut += 1;
      return;
    }
    this.lines.set(key, { at: now, leftOut: 0 });
    this.sink.warn(
      last?.leftOut ? `${message} (${last.leftOut} more like this since the last line)` : message,
    );
  }
}

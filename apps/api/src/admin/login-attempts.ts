/** Failed logins of one address within {@link WINDOW} before it has to wait. */
const MOST_FAILURES = 5;
/** And of all addresses together: many addresses are no way around. */
const MOST_FAILURES_OF_ALL = 100;
/** ms. */
const WINDOW = 5 * 60 * 1_000;
const EVERYBODY = '*';

/** Slows down whoever guesses passwords. Kept in memory: every process counts for itself. */
export class LoginAttempts {
  private readonly failures = new Map<string, { count: number; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /** ms to wait before the next attempt, 0 = go on. */
  waitOf(address: string): number {
    return Math.max(this.wait(address, MOST_FAILURES), this.wait(EVERYBODY, MOST_FAILURES_OF_ALL));
  }

  failed(address: string): void {
    this.forgetOld();
    for (const who of [address, EVERYBODY]) {
      const entry = this.failures.get(who) ?? { count: 0, until: this.now() + WINDOW };
      entry.count += 1;
      this.failures.set(who, entry);
    }
  }

  succeeded(address: string): void {
    this.failures.delete(address);
  }

  private wait(who: string, most: number): number {
    const entry = this.failures.get(who);
    return entry && entry.count >= most ? Math.max(0, entry.until - this.now()) : 0;
  }

  /** The limit of everybody also bounds how many entries there can be. */
  private forgetOld(): void {
    for (const [who, { until }] of this.failures) if (until <= this.now()) this.failures.delete(who);
  }
}

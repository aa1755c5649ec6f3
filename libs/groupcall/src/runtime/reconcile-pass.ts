import { reasonText } from './reason-text.js';

/** Items looked at at the same time. */
const AT_ONCE = 20;
/** So many that fail end the pass: they may all have waited for their time-out, and the next pass goes on behind them. */
const MOST_FAILURES = 100;

/** One look at everything: an item that fails is left to the next pass and keeps nobody from looking at the others. */
export class ReconcilePass {
  private failures = 0;
  private firstFailure = '';

  /** @param signal aborted: the process ends, nothing more is begun */
  constructor(private readonly signal?: AbortSignal) {}

  /** What is left is not looked at any more. */
  get isCutShort(): boolean {
    return this.failures >= MOST_FAILURES || this.signal?.aborted === true;
  }

  /** What there is to tell of it, in one line; null: nothing. */
  get trouble(): string | null {
    if (this.failures === 0) return null;
    const rest =
      this.failures >= MOST_FAILURES
        ? ', and the look was given up; the next one goes on behind them'
        : '; the next look tries again';
    return `${this.failures} calls could not be compared with the gateway${rest}. The first: ${this.firstFailure}`;
  }

  /** Never rejects for an item. @returns how many of the items were begun, and are over */
  async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<number> {
    let begun = 0;
    while (begun < items.length && !this.isCutShort) {
      const together = items.slice(begun, begun + AT_ONCE);
      await Promise.all(together.map((item) => this.one(item, work)));
      begun += together.length;
    }
    return begun;
  }

  private async one<T>(item: T, work: (item: T) => Promise<void>): Promise<void> {
    try {
      await work(item);
    } catch (error) {
      this.failures += 1;
      this.firstFailure ||= reasonText(error);
    }
  }
}

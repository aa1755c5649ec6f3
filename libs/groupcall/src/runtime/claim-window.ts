const FIRST = 32;
const LEAST = 4;
const MOST = 400;
/** What was claimed before a look is judged with it: not every late one of them halves the window again, ms. */
const PAUSE = 1_000;

/**
 * How many effects of a kind this process takes on at once: as many as it gets done while its claims last. Whoever
 * takes more does nothing but work that others are already repeating, and on a slow machine never gets out of it.
 * Doubles with every windowful that is done in time, halves when claims are too old before they are used.
 */
export class ClaimWindow {
  private current = FIRST;
  private shrunkAt = -Infinity;

  get size(): number {
    return this.current;
  }

  doneInTime(): void {
    this.current = Math.min(MOST, this.current + 1);
  }

  /** @param now epoch ms */
  late(now: number): void {
    if (now - this.shrunkAt < PAUSE) return;
    this.shrunkAt = now;
    this.current = Math.max(LEAST, Math.floor(this.current / 2));
  }
}

import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to go on trying, ms. */
  readonly timeout?: number;
  /** The pause between two tries, ms; missing: short at first, and longer the longer it has taken. */
  readonly interval?: number;
}

/** ms: between the first tries, and at most. */
const PAUSE = { first: 20, longest: 200 };

/**
 * Waits for something that becomes true by itself: calls `probe` until it no longer throws.
 * @returns what `probe` returned.
 * @throws the last error of `probe` once the time is up.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeout = 10_000, interval }: EventuallyOptions = {},
): Promise<T> {
  const begun = performance.now();
  const deadline = begun + timeout;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await delay(interval ?? pauseAfter(performance.now() - begun));
    }
  }
}

/** A twentieth of what has passed: no test takes noticeably longer, and the machine is not busy with asking. */
function pauseAfter(passed: number): number {
  return Math.min(Math.max(PAUSE.first, passed / 20), PAUSE.longest);
}

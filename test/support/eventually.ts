import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to go on trying, ms. */
  readonly timeout?: number;
  /** The pause between two tries, ms. */
  readonly interval?: number;
}

/**
 * Waits for something that becomes true by itself: calls `probe` until it no longer throws.
 * @returns what `probe` returned.
 * @throws the last error of `probe` once the time is up.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeout = 10_000, interval = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await delay(interval);
    }
  }
}

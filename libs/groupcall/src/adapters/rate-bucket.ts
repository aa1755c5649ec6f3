/** How many may still pass right now, as of `at` (epoch ms). */
export interface RateBucket {
  readonly tokens: number;
  readonly at: number;
}

const SECOND = 1_000;

/**
 * One more of `perSecond`: a bucket that refills as time passes and is full at first.
 * @returns what is left, or ms to wait
 */
export function takeOne(
  bucket: RateBucket | null,
  perSecond: number,
  now: number,
): { taken: RateBucket } | { wait: number } {
  const last = bucket ?? { tokens: perSecond, at: now };
  // A clock that is behind refills nothing, and takes nothing back.
  const at = Math.max(last.at, now);
  const tokens = Math.min(perSecond, last.tokens + ((at - last.at) * perSecond) / SECOND);
  if (tokens < 1) return { wait: Math.max(1, Math.ceil(((1 - tokens) * SECOND) / perSecond)) };
  return { taken: { tokens: tokens - 1, at } };
}

import type { DialWindow } from '../ports/dial-ledger.port.js';

/** A leg and when it was dialled, epoch ms. */
export type RecentDial = readonly [legId: string, at: number];

/**
 * One more call within the window, of those that are still in it.
 * @returns what is to be remembered, or ms to wait
 */
export function takeDial(
  recent: readonly RecentDial[],
  legId: string,
  { length, most }: DialWindow,
  now: number,
): { taken: RecentDial[] } | { wait: number } {
  const others = recent.filter(([id, at]) => id !== legId && at > now - length);
  if (others.length < most) return { taken: [...others, [legId, now]] };
  // There is room when so many have left that one less than `most` is in it.
  const leaves = others.map(([, at]) => at).sort((a, b) => a - b)[others.length - most];
  return { wait: Math.max(1, leaves + length - now) };
}

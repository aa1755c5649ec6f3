/**
 * How long to wait before the next try, ms: doubling from `base` to `cap`, spread by up to a quarter. The spread
 * follows from `salt`, so that a run can be repeated.
 */
export function backoff(attempt: number, salt: string, base = 250, cap = 10_000): number {
  const full = Math.min(cap, base * 2 ** Math.min(attempt - 1, 20));
  let hash = attempt;
  for (let index = 0; index < salt.length; index += 1) hash = (hash * 31 + salt.charCodeAt(index)) >>> 0;
  return Math.round(full * (0.75 + (hash % 1000) / 4000));
}

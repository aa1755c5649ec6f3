import type { Outcome } from './run-seed.js';

/** A seed whose world was wrong. */
export type Failure = Pick<Outcome, 'seed' | 'mode' | 'violations'>;

/** What came of many seeds; plain data, so that it can be sent between threads. */
export class Tally {
  seeds = 0;
  readonly failures: Failure[] = [];
  readonly looked: Record<string, number> = {};
  readonly happened: Record<string, number> = {};

  add({ seed, mode, violations, looked, happened }: Outcome): void {
    this.seeds += 1;
    if (violations.length > 0) this.failures.push({ seed, mode, violations });
    addAll(this.looked, Object.fromEntries(looked));
    addAll(this.happened, happened);
  }

  merge(other: Pick<Tally, 'seeds' | 'failures' | 'looked' | 'happened'>): void {
    this.seeds += other.seeds;
    this.failures.push(...other.failures);
    addAll(this.looked, other.looked);
    addAll(this.happened, other.happened);
  }
}

function addAll(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

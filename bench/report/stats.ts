import { median } from '../load/latencies.js';

/** A figure of several rounds. */
export interface Stat {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

export function statOf(values: readonly number[]): Stat {
  return {
    median: rounded(median(values)),
    least: rounded(Math.min(...values)),
    most: rounded(Math.max(...values)),
    rounds: values.length,
  };
}

/** Four digits that count. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
}

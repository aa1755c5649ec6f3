/** Moments gathered during one sample, ms. */
export class Latencies {
  private values: number[] = [];

  add(ms: number): void {
    this.values.push(ms);
  }

  take(): number[] {
    const values = this.values;
    this.values = [];
    return values;
  }
}

/** @param share 0–1 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How often which sizes occur: counts per bucket, as Prometheus histograms want them. Costs a few additions. */
export class Distribution {
  /** How many were at most `bounds[i]`, and above the one before. The last one: above all bounds. */
  readonly counts: number[];
  /** All values together. */
  sum = 0;
  /** Values seen. */
  count = 0;

  constructor(
    /** Upper ends of the buckets, ascending. */
    readonly bounds: readonly number[],
  ) {
    this.counts = Array<number>(bounds.length + 1).fill(0);
  }

  /** One more value. */
  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]) bucket += 1;
    this.counts[bucket] += 1;
    this.count += 1;
    this.sum += value;
  }
}

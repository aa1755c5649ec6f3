/** One metric for Prometheus: a number, one number for each value of a label, or a histogram. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly value: number | Labelled | Histogram;
}

export interface Labelled {
  readonly label: string;
  /** Label values are words of ours: nothing in them needs an escape. */
  readonly values: Iterable<readonly [string, number]>;
}

export interface Histogram {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** One more than there are bounds: how many fell into each bucket. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** The Prometheus text format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(
      ({ name, type, help, value }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines(name, value)}`,
    )
    .join('');
}

function lines(name: string, value: Metric['value']): string {
  if (typeof value === 'number') return `${name} ${value}\n`;
  if ('label' in value) {
    return [...value.values].map(([word, count]) => `${name}{${value.label}="${word}"} ${count}\n`).join('');
  }
  let below = 0;
  const buckets = value.counts.map((count, index) => {
    below += count;
    return `${name}_bucket{le="${value.bounds[index] ?? '+Inf'}"} ${below}\n`;
  });
  return `${buckets.join('')}${name}_sum ${value.sum}\n${name}_count ${below}\n`;
}

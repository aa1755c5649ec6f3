import { metricsText } from './metrics-text.js';

describe('the Prometheus text', () => {
  it('has a number, one per label, and histograms that add up', () => {
    expect(
      metricsText([
        { name: 'a_total', type: 'counter', help: 'A.', value: 3 },
        {
          name: 'b_total',
          type: 'counter',
          help: 'B.',
          value: {
            label: 'reason',
            values: [
              ['busy', 2],
              ['normal', 0],
            ],
          },
        },
        {
          name: 'c',
          type: 'histogram',
          help: 'C.',
          value: { bounds: [0.5, 1], counts: [1, 0, 2], sum: 7.5 },
        },
      ]),
    ).toBe(
      [
        '# HELP a_total A.',
        '# TYPE a_total counter',
        'a_total 3',
        '# HELP b_total B.',
        '# TYPE b_total counter',
        'b_total{reason="busy"} 2',
        'b_total{reason="normal"} 0',
        '# HELP c C.',
        '# TYPE c histogram',
        'c_bucket{le="0.5"} 1',
        'c_bucket{le="1"} 1',
        'c_bucket{le="+Inf"} 3',
        'c_sum 7.5',
        'c_count 3',
        '',
      ].join('\n'),
    );
  });
});

import { takeOne, type RateBucket } from './rate-bucket.js';

describe('A bucket of so many per second', () => {
  function take(bucket: RateBucket | null, now: number): RateBucket {
    const result = takeOne(bucket, 2, now);
    if ('wait' in result) throw new Error(`wait ${result.wait} ms`);
    return result.taken;
  }

  it('is full at first, then one has to wait', () => {
    const empty = take(take(null, 1_000), 1_000);
    expect(takeOne(empty, 2, 1_000)).toEqual({ wait: 500 });
    expect(takeOne(empty, 2, 1_499)).toMatchObject({ wait: expect.any(Number) });
    expect(take(empty, 1_500)).toEqual({ tokens: 0, at: 1_500 });
  });

  it('never holds more than one second’s worth', () => {
    expect(take(take(null, 0), 1_000_000)).toEqual({ tokens: 1, at: 1_000_000 });
  });

  it('neither refills nor shrinks when a clock is behind', () => {
    expect(take({ tokens: 1.5, at: 1_000 }, 0)).toEqual({ tokens: 0.5, at: 1_000 });
  });
});

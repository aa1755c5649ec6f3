import { fromTraceParent, toTraceParent } from './traceparent.js';

const PARENT = `00-${'4b'.repeat(16)}-${'a1'.repeat(8)}-01`;

describe('a trace parent', () => {
  it('is read as it was written', () => {
    const read = fromTraceParent(PARENT);
    expect(read).toEqual({
      traceId: '4b'.repeat(16),
      spanId: 'a1'.repeat(8),
      traceFlags: 1,
      isRemote: true,
    });
    expect(toTraceParent(read!)).toBe(PARENT);
  });

  it.each([
    undefined,
    7,
    '',
    'x',
    `${PARENT}-more`,
    `00-${'0'.repeat(32)}-${'a1'.repeat(8)}-01`,
    `00-${'4b'.repeat(16)}-${'0'.repeat(16)}-01`,
    PARENT.toUpperCase(),
  ])('is not %j, which somebody wrote into a queue', (value) => {
    expect(fromTraceParent(value)).toBeUndefined();
  });
});

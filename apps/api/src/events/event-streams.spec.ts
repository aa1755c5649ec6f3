import { EventStreams, MOST_STREAMS_PER_CUSTOMER } from './event-streams.js';

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/** A stream that goes on until it is told to end, and knows when that was. */
function endless() {
  const stream = {
    endedAt: null as number | null,
    run: (ending: AbortController) =>
      new Promise<void>((resolve) => {
        const end = () => {
          stream.endedAt = Date.now();
          resolve();
        };
        if (ending.signal.aborted) end();
        else ending.signal.addEventListener('abort', end, { once: true });
      }),
  };
  return stream;
}

describe('Event streams', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOW }));
  afterEach(() => jest.useRealTimers());

  it.each([
    ['an hour', 3_600_000],
    ['half a year, which is more than a timer can wait for', 180 * DAY],
  ])('end with the token of their reader: %s', async (_what, lifetime) => {
    const stream = endless();
    const running = new EventStreams().run('a', NOW + lifetime, stream.run);
    await jest.advanceTimersByTimeAsync(lifetime - 1);
    expect(stream.endedAt).toBeNull();
    await jest.advanceTimersByTimeAsync(1);
    await running;
    expect(stream.endedAt).toBe(NOW + lifetime);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('with a token that has ended meanwhile end at once', async () => {
    const stream = endless();
    await new EventStreams().run('a', NOW - 1, stream.run);
    expect(stream.endedAt).toBe(NOW);
  });

  it('leave nothing behind when their reader goes first', async () => {
    await new EventStreams().run('a', NOW + DAY, () => Promise.resolve());
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that ended with their token make room for others', async () => {
    const streams = new EventStreams();
    const run = () => streams.run('a', Date.now() + 1_000, endless().run);
    const first = Array.from({ length: MOST_STREAMS_PER_CUSTOMER }, run);
    await expect(run()).rejects.toThrow('event streams open');
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all(first);
    const next = run();
    await jest.advanceTimersByTimeAsync(1_000);
    await next;
  });

  it('end when the server stops, which waits for them', async () => {
    const streams = new EventStreams();
    const stream = endless();
    const running = streams.run('a', NOW + DAY, stream.run);
    await streams.onModuleDestroy();
    await running;
    expect(stream.endedAt).toBe(NOW);
    expect(jest.getTimerCount()).toBe(0);
  });
});

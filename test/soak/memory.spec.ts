import {
  growthPerMinute,
  memoryProblems,
  riseOfLastThird,
  type MemoryOfServer,
  type Size,
} from './memory.js';

/** A size every five seconds of a run. */
const run = (minutes: number, mb: (at: number) => number): Size[] =>
  Array.from({ length: minutes * 12 }, (_, index) => (index + 1) / 12).map((at) => ({ at, mb: mb(at) }));
const flat = (minutes = 10): MemoryOfServer => ({
  resident: run(minutes, () => 200),
  alive: run(minutes, () => 60),
  outside: run(minutes, () => 90),
});
/** Up for 47 s and down at once: garbage. */
const sawtooth = (at: number) => 196 + 3 * ((at * 60) % 47);
/** What lies on both sides of a line. */
const noise = (at: number) => (Math.round(at * 12) % 2 === 0 ? 1 : -1);

describe('The growth per minute', () => {
  it('is that of a straight line, whatever lies on both sides of it', () => {
    expect(growthPerMinute(run(10, (at) => 50 + 3 * at))).toBeCloseTo(3);
    expect(growthPerMinute(run(10, (at) => 50 + 3 * at + 4 * noise(at)))).toBeCloseTo(3, 0);
    expect(growthPerMinute(run(10, () => 50))).toBeCloseTo(0);
  });

  it('of less than two moments is none', () => {
    expect([growthPerMinute([]), growthPerMinute([{ at: 1, mb: 7 }])]).toEqual([0, 0]);
  });
});

describe('The memory of a server', () => {
  it('is all right when it is flat, or a sawtooth over what is flat', () => {
    expect(memoryProblems('it', flat())).toEqual([]);
    expect(memoryProblems('it', { ...flat(), resident: run(10, sawtooth) })).toEqual([]);
  });

  it('may grow in the first minute', () => {
    const warming = (at: number) => Math.min(at, 1) * 60;
    expect(memoryProblems('it', { ...flat(), alive: run(10, warming), outside: run(10, warming) })).toEqual(
      [],
    );
  });

  it.each([
    ['alive', 'alive'],
    ['outside', 'outside the heap'],
  ] as const)('is a leak when what is %s grows afterwards, however the sawtooth looks', (part, words) => {
    const growing = (by: number) =>
      memoryProblems('it', {
        ...flat(),
        resident: run(10, sawtooth),
        [part]: run(10, (at) => 60 + by * at + noise(at)),
      });
    expect(growing(0.8)).toEqual([]);
    expect(growing(1.3)).toEqual([
      `of it what is ${words} after a collection grows by 1.3 MB a minute, allowed is 1`,
    ]);
  });

  it('is a leak when the operating system gives more and more, whatever Node says', () => {
    const resident = run(10, (at) => 150 + 12 * at);
    expect(riseOfLastThird(resident)).toBeGreaterThan(1.15);
    expect(memoryProblems('it', { ...flat(), resident })).toEqual([
      expect.stringMatching(/^it has 1\.\d\d times as much resident/),
    ]);
  });

  it('is too much at any time above its ceiling, also in a short run', () => {
    const peak = run(1, (at) => (at === 1 ? 401 : 100));
    expect(memoryProblems('it', { ...flat(1), resident: peak })).toEqual(['it has 401 MB, allowed are 400']);
  });

  it('of a short run is not judged by its growth', () => {
    expect(memoryProblems('it', { ...flat(2), alive: run(2, (at) => 50 * at) })).toEqual([]);
  });

  it('that was not told is no memory that is flat', () => {
    const silent = memoryProblems('it', { ...flat(), alive: [] });
    expect(silent).toEqual(['it has not told often enough what is alive after a collection']);
    const unknown = run(10, () => NaN);
    expect(memoryProblems('it', { ...flat(), resident: unknown })).not.toEqual([]);
  });
});

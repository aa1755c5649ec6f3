/** A size at a moment. */
export interface Size {
  /** Minutes since the start of the load. */
  readonly at: number;
  readonly mb: number;
}

/** What a server had in the course of a soak. */
export interface MemoryOfServer {
  /** Resident memory as the operating system sees it, garbage included: a sawtooth. */
  readonly resident: readonly Size[];
  /** What was alive after a forced collection: objects, and buffers behind them. */
  readonly alive: readonly Size[];
  /** Resident after the same collections and not of the heap: a leak in native code shows here. */
  readonly outside: readonly Size[];
}

/** Caches fill and code is compiled: the growth is judged from this minute on. */
const WARM_UP = 1;
/** A line through fewer minutes says nothing. */
export const LEAST_MINUTES = 5;
/** MB per minute by which what is alive may grow. */
const MOST_GROWTH = 1;
/** MB that a server may have at any time. */
const MOST_RESIDENT = 400;
/** How much more the last third of a run may have resident than the second, by their medians. */
const MOST_RISE = 1.15;

/** @returns how much is gained in a minute, by least squares; 0 for fewer than two moments */
export function growthPerMinute(sizes: readonly Size[]): number {
  const n = sizes.length;
  const mean = (of: (size: Size) => number) => sizes.reduce((sum, one) => sum + of(one), 0) / n;
  const [at, mb] = [mean((one) => one.at), mean((one) => one.mb)];
  const spread = sizes.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
  return spread > 0 ? sizes.reduce((sum, one) => sum + (one.at - at) * (one.mb - mb), 0) / spread : 0;
}

/** @returns the median of the last third of the time divided by that of the second */
export function riseOfLastThird(sizes: readonly Size[]): number {
  const end = Math.max(...sizes.map(({ at }) => at));
  const between = (from: number, to: number) =>
    median(sizes.filter(({ at }) => at > from && at <= to).map(({ mb }) => mb));
  return between((end * 2) / 3, end) / between(end / 3, (end * 2) / 3);
}

/** What the growth of a server is judged by. */
export function settled(sizes: readonly Size[]): Size[] {
  return sizes.filter(({ at }) => at > WARM_UP);
}

/** @returns a line for each limit that the server has broken; of a short run only its size is judged */
export function memoryProblems(server: string, { resident, alive, outside }: MemoryOfServer): string[] {
  const problems: string[] = [];
  const most = Math.max(...resident.map(({ mb }) => mb));
  // As few as NaN would pass every comparison.
  if (!(most <= MOST_RESIDENT))
    problems.push(`${server} has ${most.toFixed(0)} MB, allowed are ${MOST_RESIDENT}`);
  if (!(Math.max(...resident.map(({ at }) => at)) >= LEAST_MINUTES - 0.5)) return problems;
  for (const [what, sizes] of [
    ['alive', alive],
    ['outside the heap', outside],
  ] as const) {
    const growth = growthPerMinute(settled(sizes));
    if (settled(sizes).length < LEAST_MINUTES)
      problems.push(`${server} has not told often enough what is ${what} after a collection`);
    else if (growth > MOST_GROWTH)
      problems.push(
        `of ${server} what is ${what} after a collection grows by ${growth.toFixed(1)} MB a minute, allowed is ${MOST_GROWTH}`,
      );
  }
  const rise = riseOfLastThird(resident);
  if (rise > MOST_RISE)
    problems.push(
      `${server} has ${rise.toFixed(2)} times as much resident in the last third as in the second, allowed is ${MOST_RISE}`,
    );
  return problems;
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

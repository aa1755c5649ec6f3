/** How long everything takes. */
export interface BenchSettings {
  readonly quick: boolean;
  readonly rounds: number;
  /** One sample of a fast contender, ms. */
  readonly sampleMs: number;
  /** Before anything is measured, ms. */
  readonly warmUpMs: number;
  readonly lowLoadMs: number;
  /** Of the groupcalls that nobody answers, ms. */
  readonly ringTimes: { readonly from: number; readonly to: number };
  readonly alarmTrees: number;
  /** How many processes work on one database, one after the other. */
  readonly processes: readonly number[];
  readonly doubleAnswers: number;
  /** Requests before anything is measured over HTTP. */
  readonly httpWarmUp: number;
  readonly residentTrees: number;
  /** How long the memory is watched at 500 groupcalls/s, s. */
  readonly soak: number;
  /** Missing: all of them. */
  readonly only: readonly string[] | null;
}

export const SECTIONS = ['throughput', 'processes', 'alarms', 'http', 'memory'] as const;
const USAGE = `npm run bench -- [--quick] [--soak <seconds>] [--only ${SECTIONS.join(',')}]`;

/** @throws Error that says what is allowed */
export function benchSettings(args: readonly string[]): BenchSettings {
  const given = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const name = args[index];
    if (name === '--quick') given.set(name, '');
    else if ((name === '--soak' || name === '--only') && args[index + 1]) given.set(name, args[(index += 1)]);
    else throw new Error(`${name} is not an argument of the bench: ${USAGE}`);
  }
  const only = given.get('--only')?.split(',') ?? null;
  const unknown = only?.find((name) => !(SECTIONS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} is not a section of the bench: ${USAGE}`);
  const quick = given.has('--quick');
  const soak = Number(given.get('--soak') ?? (quick ? 10 : 60));
  if (!Number.isInteger(soak) || soak < 5)
    throw new Error(`--soak must be a whole number of seconds from 5: ${USAGE}`);
  return {
    quick,
    only,
    soak,
    ...(quick ? QUICK : WHOLE),
  };
}

const QUICK = {
  rounds: 3,
  sampleMs: 1_000,
  warmUpMs: 1_500,
  lowLoadMs: 2_000,
  ringTimes: { from: 1_500, to: 3_000 },
  alarmTrees: 150,
  processes: [1, 3],
  doubleAnswers: 2_000,
  httpWarmUp: 4_000,
  residentTrees: 4_000,
};

const WHOLE: typeof QUICK = {
  rounds: 5,
  sampleMs: 2_500,
  warmUpMs: 4_000,
  lowLoadMs: 5_000,
  ringTimes: { from: 3_000, to: 13_000 },
  alarmTrees: 1_000,
  processes: [1, 2, 3],
  doubleAnswers: 100_000,
  httpWarmUp: 10_000,
  residentTrees: 6_000,
};

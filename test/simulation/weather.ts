import type { Random } from '../faults/random.js';

/** `safety`: anything may go wrong, for ever. `liveness`: it stops going wrong after a while, and then all must end well. */
export type Mode = 'safety' | 'liveness';

export const SERVICES = ['store', 'queue', 'gateway', 'directory', 'sink'] as const;
/** What a process speaks to. */
export type Service = (typeof SERVICES)[number];

/** How requests to a service end badly; shares of all requests. */
export interface Trouble {
  /** Nothing was done, and the caller is told that something went wrong. */
  readonly failed: number;
  /** It was done, and the caller is told that something went wrong. */
  readonly doneButFailed: number;
  /** Nothing was done, and no reply comes. */
  readonly silent: number;
  /** It was done, and no reply comes. */
  readonly doneButSilent: number;
  /** No reply comes, and it is done when the caller has long given up. */
  readonly zombie: number;
  /** A commit is told to have lost although nobody else has won. */
  readonly conflict: number;
  /** ms there or back, at most. */
  readonly latency: number;
}

/** What may go wrong in one world. Intervals are mean ms between two of a kind, anywhere; Infinity = never. */
export interface Weather {
  readonly troubles: Readonly<Record<Service, Trouble>>;
  readonly crashes: number;
  readonly pauses: number;
  readonly shutdowns: number;
  /** Every process at once. */
  readonly blackouts: number;
  /** The gateway restarts and forgets its living calls. */
  readonly amnesias: number;
  readonly clockJumps: number;
  /** A process forgets a tree for want of memory. */
  readonly evictions: number;
  /** ms by which a process's clock is wrong at most. */
  readonly skew: number;
  readonly notifications: {
    readonly duplicated: number;
    readonly reordered: number;
    readonly dropped: number;
  };
  /** `lost`, `late`: shares of what one process tells another. `torn`: mean ms. `latency`: ms, at most. */
  readonly peers: {
    readonly lost: number;
    readonly late: number;
    readonly latency: number;
    readonly torn: number;
  };
  readonly alarms: { readonly lost: number; readonly duplicated: number; readonly early: number };
}

const NO_TROUBLE: Trouble = {
  failed: 0,
  doneButFailed: 0,
  silent: 0,
  doneButSilent: 0,
  zombie: 0,
  conflict: 0,
  latency: 8,
};

export const CALM: Weather = {
  troubles: {
    store: NO_TROUBLE,
    queue: NO_TROUBLE,
    gateway: NO_TROUBLE,
    directory: NO_TROUBLE,
    sink: NO_TROUBLE,
  },
  crashes: Infinity,
  pauses: Infinity,
  shutdowns: Infinity,
  blackouts: Infinity,
  amnesias: Infinity,
  clockJumps: Infinity,
  evictions: Infinity,
  skew: 0,
  notifications: { duplicated: 0, reordered: 0, dropped: 0 },
  peers: { lost: 0, late: 0, latency: 4, torn: Infinity },
  alarms: { lost: 0, duplicated: 0, early: 0 },
};

/** Each world has its own: mostly a few things that go wrong often, sometimes everything, sometimes nothing. */
export function randomWeather(random: Random, mode: Mode): Weather {
  const bad = random.pick([0, 0.3, 0.3, 0.6, 1]);
  const share = () => (random.chance(bad) ? random.pick([0.02, 0.05, 0.1, 0.25]) : 0);
  const every = (...means: number[]) => (random.chance(bad) ? random.pick(means) : Infinity);
  const trouble = (): Trouble => ({
    failed: share(),
    doneButFailed: share(),
    silent: share() / 2,
    doneButSilent: share() / 2,
    zombie: share() / 2,
    conflict: share() / 2,
    latency: random.pick([2, 8, 8, 40, 300]),
  });
  return {
    troubles: {
      store: trouble(),
      queue: trouble(),
      gateway: trouble(),
      directory: trouble(),
      sink: trouble(),
    },
    crashes: every(1_500, 4_000, 12_000),
    pauses: every(1_500, 4_000, 12_000),
    shutdowns: every(6_000, 15_000),
    blackouts: every(15_000, 30_000),
    amnesias: every(10_000, 20_000),
    clockJumps: every(2_000, 8_000),
    evictions: every(100, 1_000),
    skew: mode === 'safety' ? random.pick([0, 50, 2_000, 60_000, 3_600_000]) : random.pick([0, 50, 1_000]),
    notifications: { duplicated: share(), reordered: share(), dropped: share() },
    peers: {
      lost: share(),
      late: share(),
      latency: random.pick([1, 4, 4, 40, 900]),
      torn: every(1_000, 5_000),
    },
    alarms: { lost: share() * 4, duplicated: share(), early: share() },
  };
}

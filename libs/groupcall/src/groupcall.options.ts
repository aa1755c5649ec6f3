import type { CustomerLimits } from './ports/groupcall-store.port.js';
import type { TreeLimits } from './domain/turn.js';

/** All limits (SPEC 7); 0 = no limit. */
export interface GroupcallLimits extends TreeLimits, CustomerLimits {}

/** All durations in ms. */
export interface GroupcallTimings {
  /** How often the database is swept for alarms that the queue has lost. */
  sweepInterval: number;
  /** How often the outbox is looked at when nobody has nudged. */
  relayInterval: number;
  /** How long a claimed effect is this process's alone; after a crash it is taken over when this is over. */
  claimLease: number;
  /** How long one call of gateway, directory or event sink may take; must be shorter than `claimLease`. */
  effectTimeout: number;
  /** Added to the ring time to tell the gateway when to stop ringing by itself. */
  ringGrace: number;
  /** After this the gateway ends an answered call by itself. */
  maxCallDuration: number;
  /** How often what is committed is compared with what the gateway has. */
  reconcileInterval: number;
  /** How long after it was placed a call may be missing at the gateway without being asked for. */
  reconcileGrace: number;
  /** How long the gateway must go on not knowing a call until it counts as ended. */
  missingCallPatience: number;
  /** How long a shutdown waits for turns and effects under way. */
  drainTimeout: number;
}

/** Where the alarms are queued. The host owns the server, we own the connection. */
export type AlarmQueueOptions =
  | { backend: 'redis'; url: string; /** Key prefix, default `bull`. */ prefix?: string }
  | { backend: 'postgres'; url: string; /** Schema, default `bullmq`. */ schema?: string };

/** What a host says when it imports the module; everything but the queue has a default. */
export interface GroupcallModuleOptions {
  queue: AlarmQueueOptions;
  limits?: Partial<GroupcallLimits>;
  timings?: Partial<GroupcallTimings>;
  /** What this process does besides taking commands. Default: everything. */
  workers?: Partial<GroupcallWorkers>;
}

export interface GroupcallWorkers {
  /** Execute effects of the outbox. */
  relay: boolean;
  /** Listen to the alarm queue. */
  alarms: boolean;
  /** Sweep the database for due alarms. */
  sweep: boolean;
  /** Compare with the gateway what is committed. */
  reconciler: boolean;
}

/** The options with nothing missing: the only form the rest of the library sees. */
export interface ResolvedOptions {
  queue: AlarmQueueOptions;
  limits: GroupcallLimits;
  timings: GroupcallTimings;
  workers: GroupcallWorkers;
}

export const DEFAULT_LIMITS: GroupcallLimits = {
  destinations: 100,
  legsPerTree: 200,
  depth: 5,
  liveLegs: 500,
  groupcallsPerSecond: 20,
};

export const DEFAULT_TIMINGS: GroupcallTimings = {
  sweepInterval: 1_000,
  relayInterval: 500,
  claimLease: 5_000,
  effectTimeout: 4_000,
  ringGrace: 10_000,
  maxCallDuration: 4 * 60 * 60 * 1_000,
  reconcileInterval: 5_000,
  reconcileGrace: 2_000,
  missingCallPatience: 10_000,
  drainTimeout: 8_000,
};

/** Injection token of {@link ResolvedOptions}. */
export const GROUPCALL_OPTIONS = Symbol('GROUPCALL_OPTIONS');

/**
 * Fills in the defaults and checks the whole, once, at boot.
 * @throws Error that names the option, what it is and what is allowed
 */
export function resolveOptions(options: GroupcallModuleOptions): ResolvedOptions {
  const queue = options?.queue;
  if (!queue?.url || (queue.backend !== 'redis' && queue.backend !== 'postgres')) {
    throw new Error(
      'GroupcallModule: option queue is missing. Pass { backend: "redis", url: "redis://…" } or { backend: "postgres", url: "postgres://…" }.',
    );
  }
  const limits = { ...DEFAULT_LIMITS, ...defined(options.limits) };
  const timings = { ...DEFAULT_TIMINGS, ...defined(options.timings) };
  const workers = { relay: true, alarms: true, sweep: true, reconciler: true, ...defined(options.workers) };
  for (const [name, value] of Object.entries(limits)) wholeNumber(`limits.${name}`, value, 0);
  for (const [name, value] of Object.entries(timings)) wholeNumber(`timings.${name}`, value, 1);
  if (timings.effectTimeout >= timings.claimLease) {
    throw new Error(
      `GroupcallModule: timings.effectTimeout (${timings.effectTimeout}) must be shorter than timings.claimLease (${timings.claimLease}), or an effect runs twice at the same time.`,
    );
  }
  return { queue, limits, timings, workers };
}

function wholeNumber(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new Error(`GroupcallModule: ${name} is ${value}; it must be a whole number of at least ${least}.`);
}

/** An option given as undefined is an option not given. */
function defined<T extends object>(part: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(part ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

import { resolveDialPolicy, type DialPolicy } from './domain/dial-policy.js';
import type { DialLimits } from './ports/dial-ledger.port.js';
import type { CustomerLimits } from './ports/groupcall-store.port.js';
import type { TreeLimits } from './domain/turn.js';
import { DEFAULT_INSTANCE } from './instances/instance-name.js';

/** All limits (SPEC 7); 0 = no limit. */
export interface GroupcallLimits extends TreeLimits, CustomerLimits, DialLimits {}

/** All durations in ms. */
export interface GroupcallTimings {
  /**
   * Ring deadlines of all trees within this span share one alarm of the queue, which rings at its end. Without
   * `workers.timers`, and after a crash, time-outs are late by up to this.
   */
  alarmBucket: number;
  /**
   * How often the database is swept for alarms that the queue has lost: late by more than `alarmBucket`, or than this if it
   * is shorter.
   */
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
  /**
   * How long news may be on their way: for so long after it was placed a call that the gateway does not list is not asked
   * for, and whatever differs between the two is looked at again after it, before anything is done about it.
   */
  reconcileGrace: number;
  /** How long the gateway must go on not knowing a call until it counts as ended. */
  missingCallPatience: number;
  /**
   * How long another process may be silent while this one waits for it to carry out a command about a groupcall of its own;
   * then the command is decided here. One that has said nothing for six times as long counts as gone.
   */
  peerPatience: number;
  /** How long a shutdown waits for turns and effects under way. */
  drainTimeout: number;
}

/** How much one process takes on. */
export interface GroupcallCapacity {
  /** New groupcalls that are not durable yet; the next one is refused with UNAVAILABLE and the time to come back. */
  waitingGroupcalls: number;
  /**
   * Commands that are not durable yet. From half of it on new groupcalls are refused, at it every command from outside,
   * never what came of the process's own effects and alarms.
   */
  waitingCommands: number;
  /** Trees kept in memory between their turns; the least recently used one goes first. */
  residentTrees: number;
  /** How long a tree is kept in memory without a turn, ms. */
  residentIdle: number;
}

/** Where the alarms are queued. The host owns the server, we own the connection. */
export type AlarmQueueOptions =
  | {
      backend: 'redis';
      url: string;
      /** Key prefix, default `bull`; of a named engine `bull-<name>`. */ prefix?: string;
    }
  | {
      backend: 'postgres';
      url: string;
      /** Schema, default `bullmq`; of a named engine `bullmq_<name>`. */ schema?: string;
    };

/** What a host says when it imports the module; everything but the queue has a default. */
export interface GroupcallModuleOptions {
  /** Where alarms wait. */
  queue: AlarmQueueOptions;
  /** Missing ones have a default; 0 = no limit. */
  limits?: Partial<GroupcallLimits>;
  /** Where calls may go at all. Default: everywhere. */
  dialPolicy?: Partial<DialPolicy>;
  /** Missing ones have a default. */
  timings?: Partial<GroupcallTimings>;
  /** Missing ones have a default. */
  capacity?: Partial<GroupcallCapacity>;
  /** What this process does besides taking commands on its own bus. Default: everything except `commands`. */
  workers?: Partial<GroupcallWorkers>;
}

export interface GroupcallWorkers {
  /** Execute effects of the outbox. */
  relay: boolean;
  /**
   * Wake groupcalls that this process has changed at their very deadline. The queue's alarm remains the one of record,
   * and makes up for what a dead process had timed.
   */
  timers: boolean;
  /** Listen to the alarm queue. */
  alarms: boolean;
  /** Sweep the database for due alarms. */
  sweep: boolean;
  /** Compare with the gateway what is committed. */
  reconciler: boolean;
  /**
   * Take commands of services that import the `GroupcallClientModule`. Default: no, for whoever reaches the queue's
   * server may then give commands.
   */
  commands: boolean;
  /**
   * Send commands about groupcalls that another living process has made to that process, and take such commands: faster
   * where several processes work on the same tables, which PostgreSQL's `NOTIFY` makes known to each other. Costs one connection.
   */
  peers: boolean;
}

/** The options with nothing missing: the only form the rest of the library sees. */
export interface ResolvedOptions {
  /** Which engine of the process this is. */
  name: string;
  queue: AlarmQueueOptions;
  limits: GroupcallLimits;
  dialPolicy: DialPolicy;
  timings: GroupcallTimings;
  capacity: GroupcallCapacity;
  workers: GroupcallWorkers;
}

export const DEFAULT_LIMITS: GroupcallLimits = {
  destinations: 100,
  legsPerTree: 200,
  depth: 5,
  liveLegs: 500,
  groupcallsPerSecond: 20,
  legsPerSecond: 0,
  legsPerNumberPerMinute: 0,
};

export const DEFAULT_TIMINGS: GroupcallTimings = {
  alarmBucket: 250,
  sweepInterval: 750,
  relayInterval: 500,
  claimLease: 5_000,
  effectTimeout: 4_000,
  ringGrace: 10_000,
  maxCallDuration: 4 * 60 * 60 * 1_000,
  reconcileInterval: 5_000,
  reconcileGrace: 2_000,
  missingCallPatience: 10_000,
  peerPatience: 500,
  drainTimeout: 8_000,
};

/** What is meant by an option of {@link GroupcallCapacity} that is missing. */
export const DEFAULT_CAPACITY: GroupcallCapacity = {
  waitingGroupcalls: 2_000,
  waitingCommands: 50_000,
  residentTrees: 10_000,
  residentIdle: 10 * 60_000,
};

const DEFAULT_WORKERS: GroupcallWorkers = {
  relay: true,
  timers: true,
  alarms: true,
  sweep: true,
  reconciler: true,
  commands: false,
  peers: true,
};

/** Injection token of {@link ResolvedOptions}. */
export const GROUPCALL_OPTIONS = Symbol('GROUPCALL_OPTIONS');

/**
 * Fills in the defaults and checks the whole, once, at boot.
 * @param name of the engine; in its queue's keys or schema, so that engines on one server do not meet
 * @throws Error that names the option, what it is and what is allowed
 */
export function resolveOptions(options: GroupcallModuleOptions, name = DEFAULT_INSTANCE): ResolvedOptions {
  checkKeys('', options ?? {}, ['queue', 'limits', 'dialPolicy', 'timings', 'capacity', 'workers']);
  const limits = { ...DEFAULT_LIMITS, ...defined(options?.limits) };
  const dialPolicy = resolveDialPolicy(options?.dialPolicy);
  const timings = { ...DEFAULT_TIMINGS, ...defined(options?.timings) };
  const capacity = { ...DEFAULT_CAPACITY, ...defined(options?.capacity) };
  const workers = { ...DEFAULT_WORKERS, ...defined(options?.workers) };
  checkKeys('limits.', limits, Object.keys(DEFAULT_LIMITS));
  checkKeys('timings.', timings, Object.keys(DEFAULT_TIMINGS));
  checkKeys('capacity.', capacity, Object.keys(DEFAULT_CAPACITY));
  checkKeys('workers.', workers, Object.keys(DEFAULT_WORKERS));
  for (const [key, value] of Object.entries(limits)) wholeNumber(`limits.${key}`, value, 0);
  for (const [key, value] of Object.entries(timings)) wholeNumber(`timings.${key}`, value, 1);
  for (const [key, value] of Object.entries(capacity)) wholeNumber(`capacity.${key}`, value, 1);
  for (const [key, value] of Object.entries(workers)) {
    if (typeof value !== 'boolean')
      throw new Error(`GroupcallModule: workers.${key} is ${String(value)}; it must be true or false.`);
  }
  if (timings.effectTimeout >= timings.claimLease) {
    throw new Error(
      `GroupcallModule: timings.effectTimeout (${timings.effectTimeout}) must be shorter than timings.claimLease (${timings.claimLease}), or an effect runs twice at the same time.`,
    );
  }
  return { name, queue: queueOf(options?.queue, name), limits, dialPolicy, timings, capacity, workers };
}

/** @throws Error when the queue's server is not named */
function queueOf(queue: AlarmQueueOptions | undefined, name: string): AlarmQueueOptions {
  const protocol = queue && { redis: /^rediss?:/, postgres: /^postgres(ql)?:/ }[queue.backend];
  if (!queue || !protocol || typeof queue.url !== 'string' || !protocol.test(queue.url)) {
    throw new Error(
      'GroupcallModule: option queue is missing or wrong. Pass { backend: "redis", url: "redis://…" } or { backend: "postgres", url: "postgres://…" }.',
    );
  }
  const named = (base: string, separator: string) =>
    name === DEFAULT_INSTANCE ? base : `${base}${separator}${name}`;
  if (queue.backend === 'redis') {
    checkKeys('queue.', queue, ['backend', 'url', 'prefix']);
    return { ...queue, prefix: queue.prefix ?? named('bull', '-') };
  }
  checkKeys('queue.', queue, ['backend', 'url', 'schema']);
  return { ...queue, schema: queue.schema ?? named('bullmq', '_') };
}

/**
 * A misspelt option would silently be its default.
 * @throws Error that names the allowed ones
 */
export function checkKeys(path: string, options: object, allowed: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !allowed.includes(key));
  if (unknown === undefined) return;
  throw new Error(`GroupcallModule: there is no option ${path}${unknown}; there are ${allowed.join(', ')}.`);
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

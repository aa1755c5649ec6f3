import type { AlarmQueueOptions } from './groupcall.options.js';

/** What a service without the engine says. */
export interface GroupcallClientModuleOptions {
  /** The same as the engine's. */
  queue: AlarmQueueOptions;
  /** How long a command waits for its reply, ms. Default 10,000. */
  timeout?: number;
  /** More commands than this wait in this process: the next one is refused with UNAVAILABLE. Default 1,000. */
  mostPending?: number;
  /** More commands than this wait in the queue: the next one is refused with UNAVAILABLE. Default 5,000. */
  mostQueued?: number;
}

/** The options with nothing missing. */
export type ResolvedClientOptions = Required<GroupcallClientModuleOptions>;

/** Injection token of {@link ResolvedClientOptions}. */
export const GROUPCALL_CLIENT_OPTIONS = Symbol('GROUPCALL_CLIENT_OPTIONS');

const DEFAULTS = { timeout: 10_000, mostPending: 1_000, mostQueued: 5_000 };

/** @throws Error that names the option, what it is and what is allowed */
export function resolveClientOptions(options: GroupcallClientModuleOptions): ResolvedClientOptions {
  const queue = options?.queue;
  if (!queue?.url || (queue.backend !== 'redis' && queue.backend !== 'postgres')) {
    throw new Error(
      'GroupcallClientModule: option queue is missing. Pass the same as to the GroupcallModule of the engine: { backend: "redis", url: "redis://…" } or { backend: "postgres", url: "postgres://…" }.',
    );
  }
  const resolved = { ...DEFAULTS, queue };
  for (const name of ['timeout', 'mostPending', 'mostQueued'] as const) {
    const value = options[name] ?? DEFAULTS[name];
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`GroupcallClientModule: ${name} is ${value}; it must be a whole number of at least 1.`);
    resolved[name] = value;
  }
  return resolved;
}

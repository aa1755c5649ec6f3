import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';
import type { ProcessSample } from './protocol.js';

let queries = 0;

/** Counts every statement that this process sends over any `pg` connection, prepared or not, whoever sends it. */
export function countQueries(): void {
  const { prototype } = pg.Client as unknown as { prototype: { query: (...args: unknown[]) => unknown } };
  const original = prototype.query;
  prototype.query = function counted(this: unknown, ...args: unknown[]) {
    queries += 1;
    return original.apply(this, args);
  };
}

export const queriesSoFar = (): number => queries;

/** What `work` has cost this process. */
export async function measured<T>(
  work: () => Promise<T>,
): Promise<{ result: T } & Pick<ProcessSample, 'ms' | 'cpu' | 'queries' | 'eventLoopDelay' | 'rss'>> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const before = queries;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  return {
    result,
    ms,
    cpu: (user + system) / 1_000,
    queries: queries - before,
    // The monitor's own period is no delay.
    eventLoopDelay: Math.max(0, delay.percentile(99) / 1e6 - 5),
    rss: process.memoryUsage().rss,
  };
}

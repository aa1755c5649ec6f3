import { UnrecoverableError, type Job, type JobsOptions } from 'bullmq';
import { isUuid } from '@groupcall/shared';

/** Name of every job in the alarm queue. */
export const ALARM_JOB = 'alarm';

/** All that a job says. Queues and dashboards show it in clear text: ids only, never a number or a name. */
export interface AlarmJobData {
  rootId: string;
}

const ATTEMPTS = 20;

/**
 * How an alarm is queued.
 * @param jobId never used before: BullMQ silently ignores an id that it still knows
 * @param delay ms from now
 * @param retryDelay ms until an alarm whose handler rejected rings again
 */
export function alarmJobOptions(jobId: string, delay: number, retryDelay: number): JobsOptions {
  return {
    jobId,
    delay,
    attempts: ATTEMPTS,
    backoff: { type: 'fixed', delay: retryDelay, jitter: 0.5 },
    // Kept jobs cost deadlocks on PostgreSQL, and by then the sweep has long woken the tree.
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/**
 * The root that a job is about.
 * @throws UnrecoverableError for a job that is not one of ours: trying it again changes nothing
 */
export function rootIdOf(job: Pick<Job, 'name' | 'data'>): string {
  const { rootId } = (job.data ?? {}) as Partial<Record<keyof AlarmJobData, unknown>>;
  if (job.name === ALARM_JOB && isUuid(rootId)) return rootId;
  throw new UnrecoverableError(
    `Not an alarm: a job here is called "${ALARM_JOB}" and has a root's UUID as "rootId".`,
  );
}

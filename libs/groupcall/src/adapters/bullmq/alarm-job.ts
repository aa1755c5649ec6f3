import { UnrecoverableError, type Job, type JobsOptions } from 'bullmq';
import { isUuid } from '@groupcall/shared';

/** Name of the queue in which the alarms wait. In Redis its keys begin with `<prefix>:groupcall-alarms:`. */
export const ALARM_QUEUE = 'groupcall-alarms';

/** Name of every job in the alarm queue. */
export const ALARM_JOB = 'alarm';

/**
 * All that a job says. Queues and dashboards show it in clear text: ids only, never a number or a name. The root is one
 * of all those that are due at the job's moment, which is in its id.
 */
export interface AlarmJobData {
  rootId: string;
}

const ATTEMPTS = 20;

/** Of our jobs and of those of versions that set an alarm for each root. */
const JOB_ID = /^(?:alarm|[0-9a-f-]{36})-([0-9]{1,15})(?:-[0-9a-z]+)?$/;

/**
 * Everybody who sets the same moment means the same job: BullMQ silently ignores an id that it knows.
 * @param at epoch ms by the database's clock
 * @param unique makes it a job of its own
 */
export function alarmJobId(at: number, unique?: string): string {
  return unique === undefined ? `alarm-${at}` : `alarm-${at}-${unique}`;
}

/** When a job should ring, epoch ms by the database's clock; 0 for a job whose id does not tell. */
export function momentOf(jobId: string | undefined): number {
  return Number(JOB_ID.exec(jobId ?? '')?.[1] ?? 0);
}

/**
 * How an alarm is queued.
 * @param jobId see {@link alarmJobId}
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
 * The root that a job names.
 * @throws UnrecoverableError for a job that is not one of ours: trying it again changes nothing
 */
export function rootIdOf(job: Pick<Job, 'name' | 'data'>): string {
  const { rootId } = (job.data ?? {}) as Partial<Record<keyof AlarmJobData, unknown>>;
  if (job.name === ALARM_JOB && isUuid(rootId)) return rootId;
  throw new UnrecoverableError(
    `Not an alarm: a job here is called "${ALARM_JOB}" and has a root's UUID as "rootId".`,
  );
}

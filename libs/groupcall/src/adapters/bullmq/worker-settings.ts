import type { WorkerOptions } from 'bullmq';

/**
 * Settings of a worker on either backend, all durations in ms. A job only hands something to a tree's mailbox, so short
 * locks are safe: what runs twice is noticed there.
 */
export const WORKER_SETTINGS = {
  lockDuration: 5_000,
  stalledInterval: 5_000,
  // A process that is killed again and again must not use up a job.
  maxStalledCount: 20,
  // BullMQ's own 15 s would make every job of a short outage that late.
  runRetryDelay: 1_000,
  // For jobs that are not ours: ours bring their own rule. A flood of them must not fill the server.
  removeOnFail: { count: 1_000 },
} satisfies Partial<WorkerOptions>;

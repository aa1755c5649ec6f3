import type { AlarmQueueOptions } from '../../groupcall.options.js';
import type { JobQueue, QueueIdentity, ReportError } from './job-queue.js';
import { PostgresJobQueue } from './postgres-job-queue.js';
import { RedisJobQueue } from './redis-job-queue.js';

/**
 * A queue on the server that the options name. Begins to connect, never throws because the server is down.
 * @param report is told what goes wrong on connections in the background; may be called thousands of times a second
 */
export function createJobQueue(
  identity: QueueIdentity,
  options: AlarmQueueOptions,
  report: ReportError,
): JobQueue {
  switch (options.backend) {
    case 'redis':
      return new RedisJobQueue(identity, options, report);
    case 'postgres':
      return new PostgresJobQueue(identity, options, report);
  }
}

import type { AlarmQueueOptions } from '../../groupcall.options.js';
import type { AlarmQueue, ReportError } from './alarm-queue.js';
import { PostgresAlarmQueue } from './postgres-alarm-queue.js';
import { RedisAlarmQueue } from './redis-alarm-queue.js';

/**
 * The alarm queue on the server that the options name. Begins to connect, never throws because the server is down.
 * @param report is told what goes wrong on connections in the background; may be called thousands of times a second
 */
export function createAlarmQueue(options: AlarmQueueOptions, report: ReportError): AlarmQueue {
  switch (options.backend) {
    case 'redis':
      return new RedisAlarmQueue(options, report);
    case 'postgres':
      return new PostgresAlarmQueue(options, report);
  }
}

import type { Job, Queue, Worker } from 'bullmq';

/** Name of the queue in which the alarms wait. In Redis its keys begin with `<prefix>:groupcall-alarms:`. */
export const ALARM_QUEUE = 'groupcall-alarms';

/** The one queue of alarms on one server, with every connection to it. */
export interface AlarmQueue {
  /** `Redis` or `PostgreSQL`, for messages. */
  readonly server: string;
  /** The same object for as long as this lives, so that a dashboard can hold on to it. */
  readonly queue: Queue;

  /**
   * Asks whether the server can be used now; the first time it also prepares it. Bounded: a few seconds.
   * @throws AlarmQueueRefusedError when waiting does not help; any other error when the server cannot be reached.
   */
  check(): Promise<void>;

  /** Starts taking jobs; only after a successful {@link check}. */
  openWorker(process: (job: Job) => Promise<void>): Worker;

  /** Breaks connections that may be half-open; the drivers make new ones. */
  sever(): void;

  /** Closes everything, within about two seconds even when the server does not answer. */
  destroy(): Promise<void>;
}

/** What went wrong on a connection that nobody is waiting for. */
export type ReportError = (where: 'queue' | 'worker', error: Error) => void;

/** The server is there and must not be used as it is set up: somebody has to change a setting or a permission. */
export class AlarmQueueRefusedError extends Error {
  override readonly name = 'AlarmQueueRefusedError';
}

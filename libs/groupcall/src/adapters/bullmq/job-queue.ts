import type { Job, Queue, QueueEvents, QueueOptions, Worker } from 'bullmq';

/** Which queue it is. */
export interface QueueIdentity {
  /** In Redis its keys begin with `<prefix>:<name>:`. */
  readonly name: string;
  /** About how many of the latest events the server keeps; missing: BullMQ's 10,000. */
  readonly keptEvents?: number;
}

/** @param token says that the job is this worker's, to whoever moves it */
export type ProcessJob = (job: Job, token?: string) => Promise<unknown>;

/** One queue on one server, with every connection to it. */
export interface JobQueue {
  /** `Redis` or `PostgreSQL`, for messages. */
  readonly server: string;
  /** The same object for as long as this lives, so that a dashboard can hold on to it. */
  readonly queue: Queue;

  /**
   * Asks whether the server can be used now; the first time it also prepares it. Bounded: a few seconds.
   * @throws QueueRefusedError when waiting does not help; any other error when the server cannot be reached.
   */
  check(): Promise<void>;

  /** Starts taking jobs; only after a successful {@link check}. */
  openWorker(process: ProcessJob): Worker;

  /** Hears how jobs end. The caller runs it: by itself it neither starts nor starts again. */
  openEvents(): QueueEvents;

  /** Breaks connections that may be half-open; the drivers make new ones. */
  sever(): void;

  /** Closes everything, within about two seconds even when the server does not answer. */
  destroy(): Promise<void>;
}

/** How a queue's stream of events is bounded. */
export function eventSettings({ keptEvents }: QueueIdentity): Pick<QueueOptions, 'streams'> {
  return keptEvents === undefined ? {} : { streams: { events: { maxLen: keptEvents } } };
}

/** What went wrong on a connection that nobody is waiting for. */
export type ReportError = (where: 'queue' | 'worker' | 'events', error: Error) => void;

/** The server is there and must not be used as it is set up: somebody has to change a setting or a permission. */
export class QueueRefusedError extends Error {
  override readonly name = 'QueueRefusedError';
}

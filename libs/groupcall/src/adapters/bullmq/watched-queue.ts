import type { Queue } from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { createJobQueue } from './create-job-queue.js';
import { QueueRefusedError, type JobQueue, type QueueIdentity } from './job-queue.js';
import { QueueWatch, unusable, type QueueTexts, type WatchTimings } from './queue-watch.js';
import { RateLimitedLog, type LogSink } from './rate-limited-log.js';

/** All durations in ms. */
export interface WatchedQueueSettings extends WatchTimings {
  log: LogSink;
}

const WATCH: WatchTimings = { checkInterval: 10_000, retryInterval: 500 };

/** A queue that is opened when it is first needed, looked at from time to time, and closed for good. */
export class WatchedQueue {
  readonly log: RateLimitedLog;
  private readonly watch: QueueWatch;
  private opened: JobQueue | undefined;
  private stopped = false;

  /** Connects to nothing yet. @param now ms, since any moment */
  constructor(
    private readonly identity: QueueIdentity,
    private readonly options: AlarmQueueOptions,
    private readonly texts: QueueTexts,
    { log, ...timings }: Partial<WatchTimings> & { log: LogSink },
    now: () => number = () => performance.now(),
  ) {
    this.log = new RateLimitedLog(log, now);
    this.watch = new QueueWatch(() => this.open(), this.log, now, { ...WATCH, ...timings }, texts);
  }

  /** The queue, for a dashboard; the same object until {@link stop}. The first look begins to connect. */
  get queue(): Queue {
    return this.open().queue;
  }

  /** `Redis` or `PostgreSQL`, for messages. */
  get server(): string {
    return this.open().server;
  }

  /** Asks the server now; callers share one question. */
  check(): Promise<void> {
    return this.watch.check();
  }

  /** One sentence about why the queue cannot be used, and what that means. */
  unusable(error: unknown): string {
    return unusable(this.texts, this.server, error);
  }

  /** Resolves at once while the queue works; during an outage most callers are rejected at once. */
  ready(): Promise<void> {
    return this.watch.ready();
  }

  /** Something failed that should not have: the next {@link ready} asks. */
  doubt(): void {
    this.watch.doubt();
  }

  /**
   * Resolves also when the server is down: `onUsable` is then called later, and again after every look that succeeded.
   * @throws QueueRefusedError when the server must not be used as it is set up
   */
  async start(onUsable: (queue: JobQueue) => void): Promise<void> {
    const usable = () => {
      if (!this.stopped) onUsable(this.open());
    };
    try {
      await this.check();
      usable();
    } catch (error) {
      if (error instanceof QueueRefusedError) {
        await this.stop();
        throw error;
      }
      this.log.warn('check', `${this.unusable(error)} It is tried again in the background.`);
    }
    this.watch.start(usable);
  }

  /** Looks no more: the queue is still there, for what is under way. */
  rest(): void {
    this.watch.stop();
  }

  /** Closes everything, within about two seconds. */
  async stop(): Promise<void> {
    this.rest();
    this.stopped = true;
    await this.opened?.destroy();
  }

  private open(): JobQueue {
    if (!this.opened && this.stopped) throw new Error(`${this.texts.queue} has been closed.`);
    this.opened ??= createJobQueue(this.identity, this.options, (where, error) => {
      const queue = this.texts.queue.toLowerCase();
      this.log.warn(where, `A connection of ${queue} (${where}) reports: ${error.message || error.name}`);
    });
    return this.opened;
  }
}

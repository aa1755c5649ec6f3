import { QueueRefusedError, type JobQueue } from './job-queue.js';
import type { RateLimitedLog } from './rate-limited-log.js';

/** All durations in ms. */
export interface WatchTimings {
  /** Between two looks at a queue that works. */
  checkInterval: number;
  /** Until the next look at a queue that does not; doubles up to ten times this. */
  retryInterval: number;
}

/** Knows whether the queue can be used, finds out again and again, and repairs what does not repair itself. */
export class QueueWatch {
  private usable = false;
  private failures = 0;
  private failure: { error: unknown; at: number } | undefined;
  private checking: Promise<void> | undefined;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param now ms, since any moment */
  constructor(
    private readonly open: () => JobQueue,
    private readonly log: RateLimitedLog,
    private readonly now: () => number,
    private readonly timings: WatchTimings,
    private readonly texts: QueueTexts,
  ) {}

  /** Resolves at once while the queue works; during an outage most callers are rejected at once. */
  ready(): Promise<void> {
    if (this.usable) return Promise.resolve();
    if (this.failure && this.now() - this.failure.at < this.timings.retryInterval)
      return rejected(this.failure.error);
    return this.check();
  }

  /** Something failed that should not have: the next {@link ready} asks. */
  doubt(): void {
    this.usable = false;
  }

  /** Asks the server now; callers share one question. */
  check(): Promise<void> {
    this.checking ??= this.ask().finally(() => (this.checking = undefined));
    return this.checking;
  }

  /** Looks from time to time. @param onUsable called after every look that succeeded */
  start(onUsable: () => void): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.look(onUsable), this.pause());
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(onUsable: () => void): Promise<void> {
    const before = this.failures;
    try {
      await this.check();
      if (before > 0) this.log.warn('back', `${this.texts.queue} can be used again.`);
      if (!this.stopped) onUsable();
    } catch (error) {
      if (!this.stopped)
        this.log.warn(
          'check',
          `${unusable(this.texts, this.open().server, error)} It is looked at again soon.`,
        );
    }
    this.start(onUsable);
  }

  private async ask(): Promise<void> {
    try {
      await this.open().check();
      this.usable = true;
      this.failures = 0;
      this.failure = undefined;
    } catch (error) {
      this.usable = false;
      this.failures += 1;
      this.failure = { error, at: this.now() };
      // A connection can be half-open for minutes; a server that refuses us has answered, so that one is not.
      if (this.failures > 1 && !(error instanceof QueueRefusedError)) this.open().sever();
      throw error;
    }
  }

  private pause(): number {
    const { checkInterval, retryInterval } = this.timings;
    return this.failures === 0 ? checkInterval : retryInterval * Math.min(2 ** (this.failures - 1), 10);
  }
}

/** How a queue is called, and what it means when it cannot be used. */
export interface QueueTexts {
  /** `The alarm queue` */
  readonly queue: string;
  /** `the sweep over the database rings instead` */
  readonly meanwhile: string;
}

/** One sentence about a queue that cannot be used, and what that means. */
export function unusable({ queue, meanwhile }: QueueTexts, server: string, error: unknown): string {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return `${queue} on ${server} cannot be used (${reason}); ${meanwhile}.`;
}

// A helper, so that the stored reason may be any value.
function rejected(error: unknown): Promise<never> {
  return Promise.reject(error instanceof Error ? error : new Error(String(error)));
}

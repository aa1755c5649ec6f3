import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { DelayedError, type Job, type Queue, type Worker } from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { AlarmClock } from '../../ports/alarm-clock.port.js';
import type { Clock } from '../../ports/clock.port.js';
import { ALARM_JOB, ALARM_QUEUE, alarmJobId, alarmJobOptions, momentOf, rootIdOf } from './alarm-job.js';
import type { JobQueue } from './job-queue.js';
import type { QueueTexts } from './queue-watch.js';
import { WatchedQueue, type WatchedQueueSettings } from './watched-queue.js';
import { settled, within } from './within.js';

/** All durations in ms. */
export interface AlarmClockSettings extends WatchedQueueSettings {
  /** How long {@link BullmqAlarmClock.arm} may take. */
  armTimeout: number;
  /** How long {@link BullmqAlarmClock.stop} waits for alarms that are being handled. */
  finishTimeout: number;
  /** Until an alarm whose handler rejected rings again, give or take half. */
  retryDelay: number;
}

export interface AlarmQueueHealth {
  /** False: alarms are late by up to a bucket and a sweep's interval, none is lost. */
  ok: boolean;
  /** One sentence for a human. */
  detail: string;
}

/** ms for a note that nobody waits for. */
const PROGRESS_TIMEOUT = 500;

const DEFAULTS: Omit<AlarmClockSettings, keyof WatchedQueueSettings> = {
  armTimeout: 2_000,
  finishTimeout: 2_500,
  retryDelay: 1_000,
};

const TEXTS: QueueTexts = {
  queue: 'The alarm queue',
  meanwhile: 'the sweep over the database rings instead',
};

/**
 * Alarms as delayed BullMQ jobs, on Redis or PostgreSQL: one for each moment, however many processes set it. Exactly what
 * the port promises and no more: an alarm may be lost with its server, may ring late, and may ring twice.
 */
export class BullmqAlarmClock implements AlarmClock {
  private readonly settings: typeof DEFAULTS;
  private readonly watched: WatchedQueue;
  private readonly arming = new Set<Promise<void>>();
  // Of a moment that has passed the alarm may be ringing already: this instance and a count make another one.
  private readonly instance = randomUUID().slice(0, 8);
  private armed = 0;
  private failed = 0;
  private worker: Worker | undefined;
  private onAlarm: ((rootId: string) => Promise<void>) | undefined;
  private stopping: Promise<void> | undefined;

  /** Connects to nothing yet. */
  constructor(
    options: AlarmQueueOptions,
    private readonly clock: Clock,
    settings: Partial<AlarmClockSettings> = {},
  ) {
    const { armTimeout, finishTimeout, retryDelay, ...watching } = { ...DEFAULTS, ...settings };
    this.settings = { armTimeout, finishTimeout, retryDelay };
    this.watched = new WatchedQueue(
      { name: ALARM_QUEUE },
      options,
      TEXTS,
      { log: new Logger('AlarmClock'), ...watching },
      () => clock.now(),
    );
  }

  /** How many alarms could not be set, or not in time, since this was made. */
  get failedArms(): number {
    return this.failed;
  }

  /** The queue, for a dashboard; the same object until {@link stop}. The first look begins to connect. */
  get queue(): Queue {
    return this.watched.queue;
  }

  /**
   * Never rejects and takes at most `armTimeout`: an alarm that cannot be set is counted in {@link failedArms} and
   * logged, and the sweep wakes the tree. One that timed out may have been set all the same. A moment that has passed
   * rings at once.
   */
  async arm(rootId: string, at: number): Promise<boolean> {
    if (this.stopping) return this.lost('the alarm clock has been stopped');
    const adding = this.add(rootId, at);
    this.arming.add(adding);
    try {
      await within(adding, this.settings.armTimeout);
      return true;
    } catch (error) {
      this.watched.doubt();
      return this.lost(error instanceof Error ? error.message : String(error));
    } finally {
      this.arming.delete(adding);
    }
  }

  /**
   * Resolves also when the server is down: it is then tried again in the background, and {@link health} tells.
   * @throws QueueRefusedError when the server must not be used as it is set up
   */
  async start(onAlarm: (rootId: string) => Promise<void>): Promise<void> {
    if (this.onAlarm || this.stopping) throw new Error('An alarm clock is started once; make a new one.');
    this.onAlarm = onAlarm;
    try {
      await this.watched.start((queue) => this.listen(queue));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Takes at most five seconds. Alarms being handled get half of them; cut off, they ring again elsewhere. */
  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  /** Asks the server; bounded like the port's other calls, and never rejects. */
  async health(): Promise<AlarmQueueHealth> {
    if (this.stopping) return { ok: false, detail: 'The alarm clock has been stopped.' };
    const { server, queue } = this.watched;
    try {
      await within(this.watched.check(), this.settings.armTimeout);
      if (await within(queue.isPaused(), this.settings.armTimeout)) {
        return { ok: false, detail: `The alarm queue on ${server} is paused: resume it.` };
      }
    } catch (error) {
      return { ok: false, detail: this.watched.unusable(error) };
    }
    if (this.onAlarm && !this.worker?.isRunning()) {
      return { ok: false, detail: `The alarm queue on ${server} is there, and listening to it begins soon.` };
    }
    return { ok: true, detail: `The alarm queue on ${server} works.` };
  }

  private async add(rootId: string, at: number): Promise<void> {
    await this.watched.ready();
    // `at` is the database's time and BullMQ counts in this process's: only the distance means the same to both.
    const delay = Math.max(0, Math.ceil(at - this.clock.now()));
    this.armed += 1;
    const jobId = delay > 0 ? alarmJobId(at) : alarmJobId(at, `${this.instance}${this.armed.toString(36)}`);
    await this.queue.add(ALARM_JOB, { rootId }, alarmJobOptions(jobId, delay, this.settings.retryDelay));
  }

  private lost(reason: string): false {
    this.failed += 1;
    this.watched.log.warn('arm', `An alarm could not be set, the sweep will ring instead: ${reason}`);
    return false;
  }

  /** Makes sure that there is a worker; one that has ended by itself is replaced. */
  private listen(queue: JobQueue): void {
    if (this.stopping || this.worker?.isRunning()) return;
    const worker = queue.openWorker((job, token) => this.ring(job, token));
    worker.on('failed', (job, error) => {
      const about = `${job?.id ?? 'unknown'}, attempt ${job?.attemptsMade ?? 0}`;
      this.watched.log.warn('failed', `An alarm was not handled (${about}): ${error.message}`);
    });
    this.worker = worker;
  }

  private async ring(job: Job, token: string | undefined): Promise<void> {
    const rootId = rootIdOf(job);
    try {
      const early = momentOf(job.id) - (await this.clock.read());
      await this.onAlarm?.(rootId);
      if (early > 0) await waitOn(job, early, token);
    } catch (error) {
      if (error instanceof DelayedError) throw error;
      // For whoever looks at the queue. Only a wish: the same server may be the one that has failed.
      const used = Math.round((100 * (job.attemptsMade + 1)) / (job.opts.attempts ?? 1));
      await settled(job.updateProgress(used), PROGRESS_TIMEOUT);
      throw error;
    }
  }

  private async shutDown(): Promise<void> {
    this.watched.rest();
    // Not close(): it waits for handlers and for the server without end, and can then not be forced any more.
    if (this.worker) await settled(this.worker.pause(), this.settings.finishTimeout);
    await settled(Promise.allSettled(this.arming), 500);
    await this.watched.stop();
  }
}

/**
 * Promoted by somebody, or taken by a process whose clock is wrong: whoever was due has been told, for the others the
 * same job waits on until its moment has come.
 * @throws DelayedError always: so BullMQ knows that the job has not ended
 */
async function waitOn(job: Job, ms: number, token: string | undefined): Promise<never> {
  // eslint-disable-next-line no-restricted-syntax -- BullMQ counts in this process's time.
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

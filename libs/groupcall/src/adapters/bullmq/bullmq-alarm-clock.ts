import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { DelayedError, type Job, type Queue, type Worker } from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { AlarmClock } from '../../ports/alarm-clock.port.js';
import type { Clock } from '../../ports/clock.port.js';
import { ALARM_JOB, ALARM_QUEUE, alarmJobId, alarmJobOptions, momentOf, rootIdOf } from './alarm-job.js';
import { QueueRefusedError, type JobQueue } from './job-queue.js';
import { createJobQueue } from './create-job-queue.js';
import { QueueWatch, unusable, type QueueTexts, type WatchTimings } from './queue-watch.js';
import { RateLimitedLog, type LogSink } from './rate-limited-log.js';
import { settled, within } from './within.js';

/** All durations in ms. */
export interface AlarmClockSettings extends WatchTimings {
  /** How long {@link BullmqAlarmClock.arm} may take. */
  armTimeout: number;
  /** How long {@link BullmqAlarmClock.stop} waits for alarms that are being handled. */
  finishTimeout: number;
  /** Until an alarm whose handler rejected rings again, give or take half. */
  retryDelay: number;
  log: LogSink;
}

export interface AlarmQueueHealth {
  /** False: alarms are late by up to a sweep's interval, none is lost. */
  ok: boolean;
  /** One sentence for a human. */
  detail: string;
}

/** ms for a note that nobody waits for. */
const PROGRESS_TIMEOUT = 500;

const DEFAULTS: Omit<AlarmClockSettings, 'log'> = {
  armTimeout: 2_000,
  finishTimeout: 2_500,
  retryDelay: 1_000,
  checkInterval: 10_000,
  retryInterval: 500,
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
  private readonly settings: AlarmClockSettings;
  private readonly log: RateLimitedLog;
  private readonly watch: QueueWatch;
  private readonly arming = new Set<Promise<void>>();
  // Of a moment that has passed the alarm may be ringing already: this instance and a count make another one.
  private readonly instance = randomUUID().slice(0, 8);
  private armed = 0;
  private failed = 0;
  private opened: JobQueue | undefined;
  private worker: Worker | undefined;
  private onAlarm: ((rootId: string) => Promise<void>) | undefined;
  private stopping: Promise<void> | undefined;

  /** Connects to nothing yet. */
  constructor(
    private readonly options: AlarmQueueOptions,
    private readonly clock: Clock,
    settings: Partial<AlarmClockSettings> = {},
  ) {
    this.settings = { log: new Logger('AlarmClock'), ...DEFAULTS, ...settings };
    const now = () => clock.now();
    this.log = new RateLimitedLog(this.settings.log, now);
    this.watch = new QueueWatch(() => this.open(), this.log, now, this.settings, TEXTS);
  }

  /** How many alarms could not be set, or not in time, since this was made. */
  get failedArms(): number {
    return this.failed;
  }

  /** The queue, for a dashboard; the same object until {@link stop}. The first look begins to connect. */
  get queue(): Queue {
    return this.open().queue;
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
      this.watch.doubt();
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
      await this.watch.check();
      this.listen();
    } catch (error) {
      if (error instanceof QueueRefusedError) {
        await this.stop();
        throw error;
      }
      this.log.warn(
        'check',
        `${unusable(TEXTS, this.open().server, error)} It is tried again in the background.`,
      );
    }
    this.watch.start(() => this.listen());
  }

  /** Takes at most five seconds. Alarms being handled get half of them; cut off, they ring again elsewhere. */
  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  /** Asks the server; bounded like the port's other calls, and never rejects. */
  async health(): Promise<AlarmQueueHealth> {
    if (this.stopping) return { ok: false, detail: 'The alarm clock has been stopped.' };
    const { server, queue } = this.open();
    try {
      await within(this.watch.check(), this.settings.armTimeout);
      if (await within(queue.isPaused(), this.settings.armTimeout)) {
        return { ok: false, detail: `The alarm queue on ${server} is paused: resume it.` };
      }
    } catch (error) {
      return { ok: false, detail: unusable(TEXTS, server, error) };
    }
    if (this.onAlarm && !this.worker?.isRunning()) {
      return { ok: false, detail: `The alarm queue on ${server} is there, and listening to it begins soon.` };
    }
    return { ok: true, detail: `The alarm queue on ${server} works.` };
  }

  private async add(rootId: string, at: number): Promise<void> {
    await this.watch.ready();
    // `at` is the database's time and BullMQ counts in this process's: only the distance means the same to both.
    const delay = Math.max(0, Math.ceil(at - this.clock.now()));
    this.armed += 1;
    const jobId = delay > 0 ? alarmJobId(at) : alarmJobId(at, `${this.instance}${this.armed.toString(36)}`);
    await this.queue.add(ALARM_JOB, { rootId }, alarmJobOptions(jobId, delay, this.settings.retryDelay));
  }

  private lost(reason: string): false {
    this.failed += 1;
    this.log.warn('arm', `An alarm could not be set, the sweep will ring instead: ${reason}`);
    return false;
  }

  /** Makes sure that there is a worker; one that has ended by itself is replaced. */
  private listen(): void {
    if (this.stopping || this.worker?.isRunning()) return;
    const worker = this.open().openWorker((job, token) => this.ring(job, token));
    worker.on('failed', (job, error) => {
      const about = `${job?.id ?? 'unknown'}, attempt ${job?.attemptsMade ?? 0}`;
      this.log.warn('failed', `An alarm was not handled (${about}): ${error.message}`);
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
    this.watch.stop();
    // Not close(): it waits for handlers and for the server without end, and can then not be forced any more.
    if (this.worker) await settled(this.worker.pause(), this.settings.finishTimeout);
    await settled(Promise.allSettled(this.arming), 500);
    await this.opened?.destroy();
  }

  private open(): JobQueue {
    if (!this.opened && this.stopping) throw new Error('The alarm clock has been stopped.');
    this.opened ??= createJobQueue({ name: ALARM_QUEUE }, this.options, (where, error) => {
      this.log.warn(
        where,
        `A connection of the alarm queue (${where}) reports: ${error.message || error.name}`,
      );
    });
    return this.opened;
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

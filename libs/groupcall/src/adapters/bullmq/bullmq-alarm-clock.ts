import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Job, Queue, Worker } from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { AlarmClock } from '../../ports/alarm-clock.port.js';
import type { Clock } from '../../ports/clock.port.js';
import { ALARM_JOB, alarmJobOptions, rootIdOf } from './alarm-job.js';
import { AlarmQueueRefusedError, type AlarmQueue } from './alarm-queue.js';
import { createAlarmQueue } from './create-alarm-queue.js';
import { QueueWatch, unusable, type WatchTimings } from './queue-watch.js';
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

const DEFAULTS: Omit<AlarmClockSettings, 'log'> = {
  armTimeout: 2_000,
  finishTimeout: 2_500,
  retryDelay: 1_000,
  checkInterval: 10_000,
  retryInterval: 500,
};

/**
 * Alarms as delayed BullMQ jobs, on Redis or PostgreSQL. Exactly what the port promises and no more: an alarm may be
 * lost with its server, may ring late, and may ring twice.
 */
export class BullmqAlarmClock implements AlarmClock {
  private readonly settings: AlarmClockSettings;
  private readonly log: RateLimitedLog;
  private readonly watch: QueueWatch;
  private readonly arming = new Set<Promise<void>>();
  // BullMQ ignores a job id that it has seen: this instance and a count make each one new.
  private readonly instance = randomUUID().slice(0, 8);
  private armed = 0;
  private failed = 0;
  private opened: AlarmQueue | undefined;
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
    this.watch = new QueueWatch(() => this.open(), this.log, now, this.settings);
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
  async arm(rootId: string, at: number): Promise<void> {
    if (this.stopping) return this.lost('the alarm clock has been stopped');
    const adding = this.add(rootId, at);
    this.arming.add(adding);
    try {
      await within(adding, this.settings.armTimeout);
    } catch (error) {
      this.watch.doubt();
      this.lost(error instanceof Error ? error.message : String(error));
    } finally {
      this.arming.delete(adding);
    }
  }

  /**
   * Resolves also when the server is down: it is then tried again in the background, and {@link health} tells.
   * @throws AlarmQueueRefusedError when the server must not be used as it is set up
   */
  async start(onAlarm: (rootId: string) => Promise<void>): Promise<void> {
    if (this.onAlarm || this.stopping) throw new Error('An alarm clock is started once; make a new one.');
    this.onAlarm = onAlarm;
    try {
      await this.watch.check();
      this.listen();
    } catch (error) {
      if (error instanceof AlarmQueueRefusedError) {
        await this.stop();
        throw error;
      }
      this.log.warn('check', `${unusable(this.open().server, error)} It is tried again in the background.`);
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
      return { ok: false, detail: unusable(server, error) };
    }
    if (this.onAlarm && !this.worker?.isRunning()) {
      return { ok: false, detail: `The alarm queue on ${server} is there, and listening to it begins soon.` };
    }
    return { ok: true, detail: `The alarm queue on ${server} works.` };
  }

  private async add(rootId: string, at: number): Promise<void> {
    await this.watch.ready();
    this.armed += 1;
    const jobId = `${rootId}-${at}-${this.instance}${this.armed.toString(36)}`;
    // `at` is the database's time and BullMQ counts in this process's: only the distance means the same to both.
    const delay = Math.max(0, Math.ceil(at - this.clock.now()));
    await this.queue.add(ALARM_JOB, { rootId }, alarmJobOptions(jobId, delay, this.settings.retryDelay));
  }

  private lost(reason: string): void {
    this.failed += 1;
    this.log.warn('arm', `An alarm could not be set, the sweep will ring instead: ${reason}`);
  }

  /** Makes sure that there is a worker; one that has ended by itself is replaced. */
  private listen(): void {
    if (this.stopping || this.worker?.isRunning()) return;
    const worker = this.open().openWorker((job) => this.ring(job));
    worker.on('failed', (job, error) => {
      const about = `${job?.id ?? 'unknown'}, attempt ${job?.attemptsMade ?? 0}`;
      this.log.warn('failed', `An alarm was not handled (${about}): ${error.message}`);
    });
    this.worker = worker;
  }

  private async ring(job: Job): Promise<void> {
    await this.onAlarm?.(rootIdOf(job));
  }

  private async shutDown(): Promise<void> {
    this.watch.stop();
    // Not close(): it waits for handlers and for the server without end, and can then not be forced any more.
    if (this.worker) await settled(this.worker.pause(), this.settings.finishTimeout);
    await settled(Promise.allSettled(this.arming), 500);
    await this.opened?.destroy();
  }

  private open(): AlarmQueue {
    if (!this.opened && this.stopping) throw new Error('The alarm clock has been stopped.');
    this.opened ??= createAlarmQueue(this.options, (where, error) => {
      this.log.warn(
        where,
        `A connection of the alarm queue (${where}) reports: ${error.message || error.name}`,
      );
    });
    return this.opened;
  }
}

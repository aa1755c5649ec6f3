import { Clock } from '@groupcall/groupcall';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CallSchedule } from './call-schedule.js';
import { SimulatorSignal } from './simulator-signal.js';
import { SimulatorWorker } from './simulator-worker.js';

/** ms between two looks when nobody nudges: calls of other processes, and what dead ones have left behind. */
const IDLE_POLL = 200;
const SHORTEST_POLL = 10;
const AFTER_FAILURE = 1_000;
/** Steps under way in this process: a slow batch does not keep a new answer waiting. */
const MOST_STEPS = 4;
const PURGE_EVERY = 60_000;
/** A tombstone must outlive every order to dial (RELIABILITY 3.3). */
const KEEP_OVER = 24 * 60 * 60 * 1_000;
const PURGE_BATCH = 1_000;

/** Has the worker work: at once when something changes here, at the next due moment, and now and then anyway. */
@Injectable()
export class SimulatorTicker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Simulator');
  private readonly steps = new Set<Promise<void>>();
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private again = false;
  private failing = false;
  private purgedAt = -Infinity;

  constructor(
    private readonly worker: SimulatorWorker,
    private readonly schedule: CallSchedule,
    private readonly signal: SimulatorSignal,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.signal.onNudge(() => this.work());
    // Not within this tick: the command handlers register at bootstrap as well.
    this.timer = setTimeout(() => this.look(), 0);
  }

  /** Starts nothing more, and resolves when the steps under way are over. */
  async stop(): Promise<void> {
    this.running = false;
    this.signal.onNudge(null);
    clearTimeout(this.timer);
    await Promise.all([this.looking, ...this.steps]);
  }

  private work(): void {
    if (!this.running) return;
    if (this.steps.size >= MOST_STEPS) {
      this.again = true;
      return;
    }
    const step = this.supervised(async () => {
      await this.worker.step(this.clock.now());
    }).then(() => {
      this.steps.delete(step);
      if (this.again) {
        this.again = false;
        this.work();
      } else if (this.steps.size === 0) this.look();
    });
    this.steps.add(step);
  }

  /** Finds out when there is something to do next. */
  private look(): void {
    clearTimeout(this.timer);
    if (!this.running || this.looking) return;
    let wait = AFTER_FAILURE;
    this.looking = this.supervised(async () => {
      await this.purge();
      const dueAt = await this.schedule.nextDueAt();
      const left = (dueAt ?? Infinity) - this.clock.now();
      if (left <= 0) this.work();
      wait = Math.min(IDLE_POLL, Math.max(SHORTEST_POLL, left));
    }).then(() => {
      this.looking = null;
      if (this.running) this.timer = setTimeout(() => this.look(), wait);
    });
  }

  private async purge(): Promise<void> {
    const now = this.clock.now();
    if (now - this.purgedAt < PURGE_EVERY) return;
    this.purgedAt = now;
    while ((await this.schedule.purge(now - KEEP_OVER, PURGE_BATCH)) === PURGE_BATCH && this.running);
  }

  /** Never rejects. Says once that the database fails, and once that it is back. */
  private async supervised(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.failing) this.logger.log('The simulator works again.');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn(`The simulator cannot work and tries again: ${String(error)}`);
      this.failing = true;
    }
  }
}

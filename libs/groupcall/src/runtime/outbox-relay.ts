import { Inject, Injectable, Logger } from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import { EffectOutbox, type ClaimedEffect } from '../ports/effect-outbox.port.js';
import { backoff } from './backoff.js';
import { EffectExecutor } from './effect-executor.js';
import { OutboxSignal } from './outbox-signal.js';
import { ProcessName } from './process-name.js';
import { ReceiptBatcher } from './receipt-batcher.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const CLAIM_SIZE = 200;
/** Effects claimed and not yet done; the rest stays in the database for whoever has room. */
const MOST_IN_FLIGHT = 400;
/** After this many tries an event is put aside; dials expire by themselves and hangups are tried for ever. */
const MOST_PUBLISH_ATTEMPTS = 20;

/** Takes committed effects out of the outbox and has them executed: lanes side by side, each lane one by one. */
@Injectable()
export class OutboxRelay {
  private readonly logger = new Logger('Groupcall');
  private inFlight = 0;
  private claiming: Promise<void> | null = null;
  private nudged = false;
  private stopped = true;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly outbox: EffectOutbox,
    private readonly executor: EffectExecutor,
    private readonly receipts: ReceiptBatcher,
    private readonly signal: OutboxSignal,
    private readonly clock: Clock,
    private readonly process: ProcessName,
    private readonly metrics: RuntimeMetrics,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  start(): void {
    this.stopped = false;
    this.signal.onNudge(() => this.nudge());
    this.nudge();
  }

  /** Look into the outbox soon. */
  nudge(): void {
    if (this.stopped) return;
    this.nudged = true;
    this.claiming ??= this.claim().finally(() => {
      this.claiming = null;
      if (this.nudged && this.hasRoom()) this.nudge();
      this.tellIdle();
    });
  }

  /** Claims nothing more, and resolves when all that was claimed is done or given back. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.signal.onNudge(null);
    await this.whenIdle();
    await this.receipts.flush();
  }

  /** Resolves when nothing is claimed and nothing due was left at the last look. */
  whenIdle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private isIdle(): boolean {
    return this.inFlight === 0 && this.claiming === null;
  }

  private tellIdle(): void {
    if (this.isIdle()) for (const resolve of this.idle.splice(0)) resolve();
  }

  private hasRoom(): boolean {
    return !this.stopped && this.inFlight < MOST_IN_FLIGHT;
  }

  private async claim(): Promise<void> {
    // Commits of the same tick are claimed together.
    await Promise.resolve();
    while (this.nudged && this.hasRoom()) {
      this.nudged = false;
      try {
        const claimed = await this.outbox.claim({
          owner: this.process.name,
          now: this.clock.now(),
          leaseMs: this.options.timings.claimLease,
          limit: CLAIM_SIZE,
        });
        if (claimed.length > 0) this.nudged = true;
        this.inFlight += claimed.length;
        for (const lane of lanesOf(claimed)) void this.run(lane);
      } catch (error) {
        this.logger.warn(`The outbox cannot be read, the next poll tries again: ${String(error)}`);
        return;
      }
    }
  }

  /** Never rejects: what fails is tried again later, and what comes after it in the lane waits behind it. */
  private async run(lane: ClaimedEffect[]): Promise<void> {
    for (const [index, claimed] of lane.entries()) {
      try {
        await this.executor.execute(claimed);
        this.receipts.add(claimed);
        this.metrics.effectsDone += 1;
        this.release(1);
      } catch (error) {
        await this.putBack(lane.slice(index), String(error));
        this.release(lane.length - index);
        return;
      }
    }
  }

  private async putBack(rest: ClaimedEffect[], error: string): Promise<void> {
    const [failed, ...behind] = rest as [ClaimedEffect, ...ClaimedEffect[]];
    const { effect, attempts } = failed;
    this.logger.warn(`${effect.kind} of tree ${failed.rootId} failed (try ${attempts}): ${error}`);
    try {
      if (effect.kind === 'publish' && attempts >= MOST_PUBLISH_ATTEMPTS) {
        this.metrics.effectsDead += 1;
        await this.outbox.bury([failed], error);
        await this.outbox.postpone(behind, this.clock.now(), '');
      } else {
        this.metrics.effectsRetried += 1;
        await this.outbox.postpone(rest, this.clock.now() + backoff(attempts, failed.id), error);
      }
    } catch (reason) {
      this.logger.warn(`Effects cannot be given back, their claim runs out by itself: ${String(reason)}`);
    }
  }

  private release(count: number): void {
    this.inFlight -= count;
    if (this.nudged && this.hasRoom()) this.nudge();
    this.tellIdle();
  }
}

function lanesOf(claimed: readonly ClaimedEffect[]): ClaimedEffect[][] {
  const lanes = new Map<string, ClaimedEffect[]>();
  for (const one of claimed) {
    const lane = lanes.get(one.effect.lane);
    if (lane) lane.push(one);
    else lanes.set(one.effect.lane, [one]);
  }
  return [...lanes.values()];
}

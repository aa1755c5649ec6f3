import { Inject, Injectable, Logger } from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import type { EffectKind } from '../domain/effect.js';
import { Clock } from '../ports/clock.port.js';
import { EffectOutbox, type ClaimedEffect } from '../ports/effect-outbox.port.js';
import { backoff } from './backoff.js';
import { DialsHeldBack } from './dial-breaker.js';
import { EffectExecutor } from './effect-executor.js';
import { ClaimWindow } from './claim-window.js';
import { EffectRooms } from './effect-rooms.js';
import { HeldEffects } from './held-effects.js';
import { lanesOf, type Lane } from './lanes-of.js';
import { OutboxSignal } from './outbox-signal.js';
import { ProcessName } from './process-name.js';
import { reasonText } from './reason-text.js';
import { ReceiptBatcher } from './receipt-batcher.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const CLAIM_SIZE = 200;
/** After this many tries that failed an event is put aside; dials expire by themselves and hangups are tried for ever. */
const MOST_PUBLISH_ATTEMPTS = 20;
/** Which part of the time-out must be left of the claim for the first effect of a lane to be begun. */
const LEAST_OF_FIRST = 0.25;
/** How far apart dials are put that wait for the same moment, ms. */
const SPREAD = 250;

/** Takes committed effects out of the outbox and has them executed: lanes side by side, each lane one by one. */
@Injectable()
export class OutboxRelay {
  private readonly logger = new Logger('Groupcall');
  private readonly window = new ClaimWindow();
  private readonly rooms = new EffectRooms(this.window);
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
    private readonly held: HeldEffects,
    private readonly metrics: RuntimeMetrics,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  start(): void {
    this.stopped = false;
    this.signal.onNudge(() => this.nudge());
    this.held.start();
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
    await Promise.all([this.held.stop(), this.whenIdle().then(() => this.receipts.flush())]);
  }

  /** Resolves when nothing is claimed and nothing due was left at the last look. */
  whenIdle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private isIdle(): boolean {
    return this.rooms.isEmpty && this.claiming === null;
  }

  private tellIdle(): void {
    if (this.isIdle()) for (const resolve of this.idle.splice(0)) resolve();
  }

  private hasRoom(): boolean {
    return !this.stopped && this.rooms.free().length > 0;
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
          limit: Math.min(CLAIM_SIZE, this.window.size),
          kinds: this.rooms.free(),
        });
        if (claimed.length > 0) this.nudged = true;
        for (const lane of lanesOf(claimed)) void this.run(lane);
      } catch (error) {
        this.logger.warn(`The outbox cannot be read, the next poll tries again: ${reasonText(error)}`);
        return;
      }
    }
  }

  /** Never rejects: what fails is tried again later, and what comes after it in the lane waits behind it. */
  private async run({ kind, effects }: Lane): Promise<void> {
    this.rooms.enter(kind, effects.length);
    for (const [index, claimed] of effects.entries()) {
      if (!this.lasts(claimed, index)) {
        const rest = effects.slice(index);
        await this.orRunOut(() => this.outbox.postpone(rest, this.clock.now()));
        this.release(kind, rest.length);
        this.nudge();
        return;
      }
      try {
        await this.executor.execute(claimed);
        this.receipts.add(claimed);
        this.metrics.effectsDone += 1;
        this.judgeClaim(claimed);
        this.release(kind, 1);
      } catch (error) {
        const rest = effects.slice(index);
        await this.putBack(rest, error);
        this.release(kind, rest.length);
        // A hangup may have come while the dial was under way: its lane is due again at once.
        if (claimed.effect.kind === 'dial') this.nudge();
        return;
      }
    }
  }

  /**
   * Whether the claim lasts until the effect is over: beyond its end another process runs the lane as well. The first
   * one of a lane may begin with less, in the time that is left: given back, it would only come the same way again.
   */
  private lasts({ claimUntil }: ClaimedEffect, index: number): boolean {
    const { effectTimeout } = this.options.timings;
    const left = claimUntil - this.clock.now();
    if (index > 0) return effectTimeout <= left;
    // Claimed an age ago: more was claimed than this process gets done.
    if (left < effectTimeout) this.window.late(this.clock.now());
    return effectTimeout * LEAST_OF_FIRST <= left;
  }

  private async putBack(rest: readonly ClaimedEffect[], reason: unknown): Promise<void> {
    const [failed, ...behind] = rest as [ClaimedEffect, ...ClaimedEffect[]];
    const { id, effect, rootId } = failed;
    if (reason instanceof DialsHeldBack && reason.retryAfter !== undefined) {
      // Nothing has failed: it waits for its turn, spread over the time in which the others do.
      const at = this.clock.now() + reason.retryAfter + backoff(1, id, SPREAD, SPREAD);
      return this.orRunOut(() => this.outbox.postpone(rest, at));
    }
    const error = reasonText(reason);
    const tries = failed.attempts + 1;
    this.logger.warn(`${effect.kind} of tree ${rootId} failed (try ${tries}): ${error}`);
    await this.orRunOut(async () => {
      if (effect.kind === 'publish' && tries >= MOST_PUBLISH_ATTEMPTS) {
        this.metrics.effectsDead += 1;
        await this.outbox.bury([failed], error);
        await this.outbox.postpone(behind, this.clock.now());
      } else {
        this.metrics.effectsRetried += 1;
        await this.outbox.postpone(rest, this.clock.now() + backoff(tries, id), { id, error });
      }
    });
  }

  private async orRunOut(giveBack: () => Promise<void>): Promise<void> {
    try {
      await giveBack();
    } catch (reason) {
      this.window.late(this.clock.now());
      this.logger.warn(`Effects cannot be given back, their claim runs out by itself: ${reasonText(reason)}`);
    }
  }

  private judgeClaim({ claimUntil }: ClaimedEffect): void {
    const now = this.clock.now();
    if (now > claimUntil) this.window.late(now);
    else this.window.doneInTime();
  }

  private release(kind: EffectKind, count: number): void {
    if (this.rooms.leave(kind, count)) this.nudge();
    this.tellIdle();
  }
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import { EffectOutbox, type HeldBundle } from '../ports/effect-outbox.port.js';
import { Timers } from '../ports/timers.port.js';
import { backoff } from './backoff.js';
import { BundleReceipts } from './bundle-receipts.js';
import { ClosedLanes } from './closed-lanes.js';
import { DialsHeldBack } from './dial-breaker.js';
import { EffectExecutor } from './effect-executor.js';
import { HeldBundles } from './held-bundles.js';
import { HeldEffect, toGivenBack, type OpenBundle } from './held-effect.js';
import { HeldLane, type LaneOwner } from './held-lane.js';
import { HoldRenewal } from './hold-renewal.js';
import { LaneRooms } from './lane-rooms.js';
import { OutboxSignal, type CommitHold, type EffectTaker } from './outbox-signal.js';
import { ProcessName } from './process-name.js';
import { reasonText } from './reason-text.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/**
 * With so many in memory nothing more is held: the outbox keeps it for whoever has room. Far more than ever waits here: in
 * the outbox every event is whole, and twenty trees of a thousand legs would be gigabytes.
 */
const MOST = 100_000;
/** Which part of the time-out must be left of the hold for an effect to be begun: nobody waits beyond the hold's end. */
const LEAST_LEFT = 0.25;
/** Over how long those are spread that wait for their turn, ms. */
const SPREAD = 1_000;

/**
 * Executes the effects of this process's own commits from memory, without reading them again: lanes side by side, each
 * one by one. A bundle that is done is forgotten in the database, many at a time. What fails, or does not come to its
 * turn while the hold lasts, is given back: from then on the outbox has it, with its retries.
 */
@Injectable()
export class HeldEffects implements EffectTaker {
  private readonly logger = new Logger('Groupcall');
  private readonly lanes = new Map<string, HeldLane>();
  private readonly rooms = new LaneRooms((lane) => this.run(lane));
  private readonly closed = new ClosedLanes();
  private commitNo = 0;
  private count = 0;
  private readonly bundles = new HeldBundles();
  private readonly renewal: HoldRenewal;
  private readonly idle: (() => void)[] = [];
  private readonly owner: LaneOwner = {
    leave: (lane) => this.rooms.leave(lane),
    over: (lane) => this.over(lane),
    failed: (lane, reason) => {
      this.rooms.leave(lane);
      void this.giveBack(lane, reason);
    },
  };
  constructor(
    outbox: EffectOutbox,
    private readonly executor: EffectExecutor,
    private readonly receipts: BundleReceipts,
    private readonly signal: OutboxSignal,
    private readonly clock: Clock,
    private readonly process: ProcessName,
    private readonly metrics: RuntimeMetrics,
    timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.renewal = new HoldRenewal(this.bundles, outbox, clock, process, timers, options.timings.claimLease);
  }

  start(): void {
    this.signal.onHeld(this);
    this.renewal.start();
  }

  /** Holds nothing more, and resolves when what is held is done or given back. */
  async stop(): Promise<void> {
    this.signal.onHeld(null);
    await this.whenIdle();
    // What was done during a renewal is acknowledged after it.
    await this.renewal.stop();
    await this.receipts.flush();
  }

  whenIdle(): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  get hasAudience(): boolean {
    return this.executor.hasAudience;
  }

  hold(): CommitHold | null {
    if (this.count >= MOST) return null;
    const now = this.clock.now();
    this.commitNo += 1;
    const { claimLease } = this.options.timings;
    const known = (rootId: string) => this.bundles.versionsOf(rootId);
    const along = this.receipts.takeAlong(now + claimLease * LEAST_LEFT);
    return {
      owner: this.process.name,
      now,
      until: now + claimLease,
      known,
      commitNo: this.commitNo,
      done: along.bundles,
      settled: (isDurable) => along.settled(isDurable),
    };
  }

  take(bundle: HeldBundle, commitNo: number): void {
    const open: OpenBundle = { ...bundle, left: bundle.effects.length };
    this.count += open.left;
    this.bundles.add(open);
    // All of them before the first one runs: it may be over before the next one is there.
    const opened: HeldLane[] = [];
    bundle.effects.forEach((effect, ordinal) => {
      const held = new HeldEffect(open, ordinal, effect);
      const known = this.lanes.get(effect.lane);
      if (known) {
        known.waiting.push(held);
        return;
      }
      const lane = new HeldLane(effect.lane, held, this.owner);
      this.lanes.set(effect.lane, lane);
      opened.push(lane);
    });
    for (const lane of opened) this.begin(lane, commitNo);
  }

  private begin(lane: HeldLane, commitNo: number): void {
    const closed = this.closed.find(lane.name, commitNo);
    if (!closed) this.rooms.ready(lane);
    else if (closed.isLost) this.lose(lane);
    else void this.giveBack(lane, null);
  }

  /** Runs effects until one of them is not over at once. */
  private run(lane: HeldLane): void {
    const needed = this.options.timings.effectTimeout * LEAST_LEFT;
    do {
      const held = lane.waiting[0];
      if (this.clock.now() + needed > held.bundle.heldUntil) {
        this.rooms.leave(lane);
        void this.giveBack(lane, null);
        return;
      }
      lane.isOver = false;
      lane.isAsked = lane.isBeginning = true;
      try {
        this.executor.start(held, lane);
      } catch (error) {
        lane.failed(error);
      }
      lane.isBeginning = false;
    } while (lane.isOver && this.goesOn(lane));
  }

  /** The lane's first effect is done. */
  private over(lane: HeldLane): void {
    if (lane.isBeginning) lane.isOver = true;
    else if (this.goesOn(lane)) this.run(lane);
  }

  /** What is done leaves its lane. @returns whether the lane keeps its room for the next one */
  private goesOn(lane: HeldLane): boolean {
    this.metrics.effectsDone += 1;
    const { bundle } = lane.waiting.shift()!;
    this.done(bundle, 1);
    const next = lane.waiting.at(0);
    // Events follow each other, and none of them gives up its room in between.
    if (next && next.effect.kind === lane.room && this.rooms.isAlone(lane.room)) return true;
    this.rooms.leave(lane);
    if (next) this.rooms.ready(lane);
    else this.lanes.delete(lane.name);
    this.tellIdle();
    return false;
  }

  /** Everything in the lane, and what comes into it meanwhile, goes to the outbox. */
  private async giveBack(lane: HeldLane, failure: unknown): Promise<void> {
    // Held back, nothing has failed: it waits for its turn, spread over the time in which the others do.
    const isHeldBack = failure instanceof DialsHeldBack && failure.retryAfter !== undefined;
    const wait = isHeldBack
      ? failure.retryAfter + backoff(1, lane.name, SPREAD, SPREAD)
      : failure === null
        ? 0
        : backoff(1, lane.name);
    let error = failure === null || isHeldBack ? null : reasonText(failure);
    if (error !== null) {
      const [{ effect, bundle }] = lane.waiting;
      this.metrics.effectsRetried += 1;
      this.logger.warn(`${effect.kind} of tree ${bundle.rootId} failed (try 1): ${error}`);
    }
    // With all that its bundle has in this lane: in two parts, what is behind it could come in between.
    await Promise.resolve();
    for (; lane.waiting.length > 0; error = null) {
      const rest = lane.waiting.splice(0);
      const at = this.clock.now() + wait;
      const first = error;
      const effects = rest.map((held, index) => toGivenBack(held, at, index === 0 ? first : null));
      try {
        await this.receipts.giveBack(effects);
        for (const { bundle } of rest) this.done(bundle, 1);
      } catch {
        return this.lose(lane, rest);
      }
    }
    this.close(lane, false);
    this.signal.nudge();
    this.tellIdle();
  }

  /**
   * It cannot be given back, and nothing behind it may be: never released, its bundles wait until their hold has run out,
   * and then come back whole and in order.
   */
  private lose(lane: HeldLane, rest: readonly HeldEffect[] = []): void {
    const all = [...rest, ...lane.waiting.splice(0)];
    for (const { bundle } of all) this.bundles.forget(bundle);
    this.count -= all.length;
    this.close(lane, true);
    this.tellIdle();
  }

  /** Whatever of this lane is committed by now still has to go the same way when it comes. */
  private close({ name }: HeldLane, isLost: boolean): void {
    this.lanes.delete(name);
    this.closed.close(name, { commitNo: this.commitNo, at: this.clock.now(), isLost });
  }

  private done(bundle: OpenBundle, count: number): void {
    bundle.left -= count;
    this.count -= count;
    if (bundle.left === 0) this.finish(bundle);
  }

  private finish(bundle: OpenBundle): void {
    this.bundles.finish(bundle);
    this.renewal.whenWritten(bundle, () => this.receipts.add(bundle, () => this.bundles.forget(bundle)));
  }

  private tellIdle(): void {
    if (this.count === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}

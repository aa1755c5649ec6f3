import { Inject, Injectable } from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import {
  GroupcallStore,
  isStored,
  UnstorableTurnsError,
  type TreeTurn,
  type TurnOutcome,
} from '../ports/groupcall-store.port.js';
import { Timers } from '../ports/timers.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { OutboxSignal, type CommitHold } from './outbox-signal.js';
import { RuntimeMetrics } from './runtime-metrics.js';

interface Waiting {
  readonly turn: TreeTurn;
  /** Was in a group with something unstorable in it: tried once more by itself, so that it cannot take others down. */
  alone: boolean;
  readonly resolve: (outcome: Exclude<TurnOutcome, 'held'>) => void;
  readonly reject: (error: unknown) => void;
}

/** Two statements under way: while the one waits for the disk the other is being read and planned. */
const FLIGHTS = 2;
const MOST_TURNS = 128;
/** How long turns wait for a second statement to become as large as the first one, ms. */
const PATIENCE = 50;
/** A statement with so many is large enough: the time of a hold runs while it is being written. */
const ENOUGH_EFFECTS = 2_000;

/**
 * Gathers the turns of many trees into one statement. At low load a turn goes out alone and at once. While two
 * statements are under way trees wait here before they decide, so that whatever arrives for them meanwhile is one turn.
 * What was committed and is held by this process goes to the relay from memory, the rest by way of the outbox.
 */
@Injectable()
export class CommitWriter {
  private waiting: Waiting[] = [];
  private flights = 0;
  /** Turns in the statements under way. */
  private flying = 0;
  /** Turns that may be decided now and are not yet. */
  private deciding = 0;
  private readonly line: (() => void)[] = [];
  private pumpIsDue = false;
  private hurries = false;
  private isLate = false;

  constructor(
    private readonly store: GroupcallStore,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
    private readonly metrics: RuntimeMetrics,
    private readonly outbox: OutboxSignal,
    private readonly timers: Timers,
    private readonly tracer: Tracer = new NoTracer(),
  ) {}

  /**
   * Asked before a turn is decided, and answered with {@link decided} afterwards, whatever comes of it.
   * @returns undefined when there is room in the next statement, or a promise of it
   */
  room(): Promise<void> | undefined {
    if (this.line.length === 0 && this.roomFor(1) > 0) {
      this.deciding += 1;
      return undefined;
    }
    return new Promise((resolve) => {
      this.line.push(resolve);
      if (this.roomFor(this.line.length) > 0) this.pumpSoon();
      else if (this.flights < FLIGHTS) this.hurry();
    });
  }

  /** A statement that takes long keeps nobody waiting for it. */
  private hurry(): void {
    if (this.hurries) return;
    this.hurries = true;
    this.timers.after(PATIENCE, () => {
      this.isLate = true;
      this.pump();
      this.isLate = this.hurries = false;
    });
  }

  decided(): void {
    this.deciding -= 1;
    this.pumpSoon();
  }

  /**
   * Rejects when the outcome is unknown – the turn may or may not be stored – and with UnstorableTurnsError when the
   * turn itself cannot be kept. A store that does not answer is not asked again here: whoever waits is told at once.
   */
  commit(turn: TreeTurn): Promise<Exclude<TurnOutcome, 'held'>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ turn, alone: false, resolve, reject });
      this.pumpSoon();
    });
  }

  private hand({ after, effects }: TreeTurn, hold: CommitHold): void {
    const { rootId, customerId, version, legs } = after;
    this.outbox.hand(
      { rootId, customerId, version, effects, legs, heldUntil: hold.until, createdAt: hold.now },
      hold.commitNo,
    );
  }

  /** Those that were let in together decide in the same tick, and belong into the same statement. */
  private pumpSoon(): void {
    if (this.pumpIsDue) return;
    this.pumpIsDue = true;
    queueMicrotask(() => {
      this.pumpIsDue = false;
      this.pump();
    });
  }

  private pump(): void {
    while (this.flights < FLIGHTS && this.waiting.length > 0) void this.fly(this.nextGroup());
    const freed = this.roomFor(this.line.length);
    this.deciding += freed;
    for (const enter of this.line.splice(0, freed)) enter();
    if (this.line.length > 0 && this.flights < FLIGHTS) this.hurry();
  }

  /**
   * How many of so many trees may decide now: what has been decided is under way at once then, and nothing waits. While a
   * statement is under way there is room in a second one as soon as that is as large: each costs as much as a number of turns
   * does, so that small ones would keep the large ones from being even larger.
   */
  private roomFor(count: number): number {
    if (this.flights >= FLIGHTS || this.deciding >= MOST_TURNS) return 0;
    if (this.deciding + count < this.flying && !this.isLate) return 0;
    return Math.min(count, MOST_TURNS - this.deciding);
  }

  private nextGroup(): Waiting[] {
    if (this.waiting[0].alone) return this.waiting.splice(0, 1);
    let count = 0;
    let effects = 0;
    while (count < MOST_TURNS && effects < ENOUGH_EFFECTS) {
      const next = this.waiting.at(count);
      if (!next || next.alone) break;
      effects += next.turn.effects.length;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async fly(group: Waiting[]): Promise<void> {
    this.flights += 1;
    this.flying += group.length;
    let hold: CommitHold | null = null;
    try {
      hold = this.outbox.hold();
      const turns = group.map((one) => one.turn);
      const outcomes = await (this.tracer.isOn
        ? this.tracer.commit(turns, () => this.store.commit(turns, this.options.limits, hold ?? undefined))
        : this.store.commit(turns, this.options.limits, hold ?? undefined));
      // What was undone as a whole has forgotten nothing.
      hold?.settled(outcomes.some(isStored));
      this.metrics.commits += 1;
      this.metrics.commitGroupSize.observe(group.length);
      group.forEach(({ turn, resolve }, index) => {
        const outcome = outcomes[index];
        if (isStored(outcome)) this.metrics.committedTurns += 1;
        resolve(outcome === 'held' ? 'committed' : outcome);
        if (outcome === 'held') this.hand(turn, hold!);
        else if (outcome === 'committed' && turn.effects.length > 0) this.outbox.nudge();
      });
    } catch (error) {
      hold?.settled(false);
      const isUnstorable = error instanceof UnstorableTurnsError;
      if (!isUnstorable) this.metrics.unknownCommits += 1;
      if (isUnstorable && group.length > 1)
        this.waiting.push(...group.map((one) => ({ ...one, alone: true })));
      else for (const one of group) one.reject(error);
    } finally {
      this.flights -= 1;
      this.flying -= group.length;
      this.pump();
    }
  }
}

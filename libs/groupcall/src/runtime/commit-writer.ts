import { Inject, Injectable } from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import {
  GroupcallStore,
  UnstorableTurnsError,
  type TreeTurn,
  type TurnOutcome,
} from '../ports/groupcall-store.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { OutboxSignal } from './outbox-signal.js';
import { RuntimeMetrics } from './runtime-metrics.js';

interface Waiting {
  readonly turn: TreeTurn;
  /** Was in a group with something unstorable in it: tried once more by itself, so that it cannot take others down. */
  alone: boolean;
  readonly resolve: (outcome: Exclude<TurnOutcome, 'held'>) => void;
  readonly reject: (error: unknown) => void;
}

/** Two statements under way: one is being executed while the next is being filled. */
const FLIGHTS = 2;
const MOST_TURNS = 128;
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
  /** Turns that may be decided now and are not yet. */
  private deciding = 0;
  private readonly line: (() => void)[] = [];
  private pumpIsDue = false;

  constructor(
    private readonly store: GroupcallStore,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
    private readonly metrics: RuntimeMetrics,
    private readonly outbox: OutboxSignal,
    private readonly tracer: Tracer = new NoTracer(),
  ) {}

  /**
   * Asked before a turn is decided, and answered with {@link decided} afterwards, whatever comes of it.
   * @returns undefined when there is room in the next statement, or a promise of it
   */
  room(): Promise<void> | undefined {
    if (this.line.length === 0 && this.hasRoom()) {
      this.deciding += 1;
      return undefined;
    }
    return new Promise((resolve) => this.line.push(resolve));
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

  private hand({ after, effects }: TreeTurn, hold: NonNullable<ReturnType<OutboxSignal['hold']>>): void {
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
    const freed = Math.min(this.line.length, this.hasRoom() ? MOST_TURNS - this.deciding : 0);
    this.deciding += freed;
    for (const enter of this.line.splice(0, freed)) enter();
  }

  /** What has been decided is under way at once then: nothing waits. */
  private hasRoom(): boolean {
    return this.flights < FLIGHTS && this.deciding < MOST_TURNS;
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
    try {
      const hold = this.outbox.hold();
      const turns = group.map((one) => one.turn);
      const outcomes = await (this.tracer.isOn
        ? this.tracer.commit(turns, () => this.store.commit(turns, this.options.limits, hold ?? undefined))
        : this.store.commit(turns, this.options.limits, hold ?? undefined));
      this.metrics.commits += 1;
      this.metrics.commitGroupSize.observe(group.length);
      group.forEach(({ turn, resolve }, index) => {
        const outcome = outcomes[index];
        const isDurable = outcome === 'committed' || outcome === 'held';
        if (isDurable) this.metrics.committedTurns += 1;
        resolve(isDurable ? 'committed' : outcome);
        if (outcome === 'held') this.hand(turn, hold!);
        else if (isDurable && turn.effects.length > 0) this.outbox.nudge();
      });
    } catch (error) {
      const isUnstorable = error instanceof UnstorableTurnsError;
      if (!isUnstorable) this.metrics.unknownCommits += 1;
      if (isUnstorable && group.length > 1)
        this.waiting.push(...group.map((one) => ({ ...one, alone: true })));
      else for (const one of group) one.reject(error);
    } finally {
      this.flights -= 1;
      this.pump();
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { GroupcallStore, type TreeTurn, type TurnOutcome } from '../ports/groupcall-store.port.js';
import { RuntimeMetrics } from './runtime-metrics.js';

interface Waiting {
  readonly turn: TreeTurn;
  /** Was in a group that failed: tried once more by itself, so that it cannot take others down. */
  alone: boolean;
  readonly resolve: (outcome: TurnOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Two statements under way: one is being executed while the next is being filled. */
const FLIGHTS = 2;
const MOST_TURNS = 128;

/** Gathers the turns of many trees into one statement. At low load a turn goes out alone and at once. */
@Injectable()
export class CommitWriter {
  private waiting: Waiting[] = [];
  private flights = 0;

  constructor(
    private readonly store: GroupcallStore,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
    private readonly metrics: RuntimeMetrics,
  ) {}

  /** Rejects when the outcome is unknown: the turn may or may not be stored. */
  commit(turn: TreeTurn): Promise<TurnOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ turn, alone: false, resolve, reject });
      this.pump();
    });
  }

  private pump(): void {
    while (this.flights < FLIGHTS && this.waiting.length > 0) void this.fly(this.nextGroup());
  }

  private nextGroup(): Waiting[] {
    if (this.waiting[0].alone) return this.waiting.splice(0, 1);
    const firstAlone = this.waiting.findIndex((one) => one.alone);
    return this.waiting.splice(0, Math.min(firstAlone < 0 ? MOST_TURNS : firstAlone, MOST_TURNS));
  }

  private async fly(group: Waiting[]): Promise<void> {
    this.flights += 1;
    try {
      const outcomes = await this.store.commit(
        group.map((one) => one.turn),
        this.options.limits,
      );
      this.metrics.commits += 1;
      group.forEach((one, index) => {
        const outcome = outcomes[index];
        if (outcome === 'committed') this.metrics.committedTurns += 1;
        one.resolve(outcome);
      });
    } catch (error) {
      this.metrics.unknownCommits += 1;
      if (group.length === 1) group[0].reject(error);
      else this.waiting.push(...group.map((one) => ({ ...one, alone: true })));
    } finally {
      this.flights -= 1;
      this.pump();
    }
  }
}

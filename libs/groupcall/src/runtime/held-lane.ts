import type { EffectKind } from '../domain/effect.js';
import type { EffectRun } from './effect-executor.js';
import type { HeldEffect } from './held-effect.js';

/** Effects that follow each other; the first one is the next to run, or is running. */
export class HeldLane implements EffectRun {
  readonly waiting: HeldEffect[];
  /** In whose room it is; null: in none. */
  room: EffectKind | null = null;
  /** While the first one is being begun: it may be over at once. */
  isBeginning = false;
  isOver = false;
  /** The first one is under way, and nobody has said yet what has become of it. */
  isAsked = false;

  constructor(
    readonly name: string,
    first: HeldEffect,
    private readonly owner: LaneOwner,
  ) {
    this.waiting = [first];
  }

  asked(): void {
    this.owner.leave(this);
  }

  done(): void {
    if (this.isFirstWord()) this.owner.over(this);
  }

  failed(reason: unknown): void {
    if (this.isFirstWord()) this.owner.failed(this, reason);
  }

  /** Whatever is said of an effect later changes nothing. */
  private isFirstWord(): boolean {
    const { isAsked } = this;
    this.isAsked = false;
    return isAsked;
  }
}

/** Whoever runs the effects of lanes. */
export interface LaneOwner {
  leave(lane: HeldLane): void;
  over(lane: HeldLane): void;
  failed(lane: HeldLane, reason: unknown): void;
}

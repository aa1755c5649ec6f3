import type { Effect } from '../domain/effect.js';
import type { LegState } from '../domain/tree-state.js';

/** An effect that this process may execute until `claimUntil`; then anybody may. */
export interface ClaimedEffect {
  readonly id: string;
  readonly rootId: string;
  readonly customerId: string;
  readonly effect: Effect;
  /** Counts every claim, this one included. */
  readonly attempts: number;
  /** Fencing token: acknowledgements of an earlier claim have no effect. */
  readonly claimNo: number;
  /** When it was committed, epoch ms. */
  readonly createdAt: number;
  /** The leg as committed at the moment of the claim (dial and hangup only): effects are re-checked when they run. */
  readonly leg: LegState | null;
}

export type EffectReceipt = Pick<ClaimedEffect, 'id' | 'claimNo'>;

/**
 * Effects committed with their turns, until they are done. Order: within a lane strictly one after the other – an
 * effect is claimable only while no earlier one of its lane is left, and a claim takes the following ones of the same
 * lane along. Across lanes there is no order, but hangups go first.
 */
export abstract class EffectOutbox {
  /** Claims up to about `limit` due effects for `leaseMs`; those of one lane are neighbours and in order. */
  abstract claim(request: {
    owner: string;
    now: number;
    leaseMs: number;
    limit: number;
  }): Promise<ClaimedEffect[]>;

  /** Done: forget them. Receipts of an outdated claim are ignored. */
  abstract acknowledge(receipts: readonly EffectReceipt[]): Promise<void>;

  /** Not done: due again at `at`, claimable by anybody. Later ones of the lane wait behind it. */
  abstract postpone(receipts: readonly EffectReceipt[], at: number, error: string): Promise<void>;

  /** Given up: kept for the operator, no longer in the way of its lane. */
  abstract bury(receipts: readonly EffectReceipt[], error: string): Promise<void>;

  /** Effects not done (`pending`), given up (`dead`), and the age of the oldest pending one, ms. */
  abstract stats(now: number): Promise<{ pending: number; dead: number; oldestAge: number }>;
}

import type { Effect, EffectKind } from '../domain/effect.js';
import type { LegState } from '../domain/tree-state.js';

/** An effect that this process may execute until `claimUntil`; then anybody may. */
export interface ClaimedEffect {
  readonly id: string;
  readonly rootId: string;
  readonly customerId: string;
  readonly effect: Effect;
  /** How often it was tried and failed; neither claims nor waiting behind others count. */
  readonly attempts: number;
  /**
   * Fencing token: receipts of an earlier claim have no effect. It grows with every claim and whenever one is given
   * back, so 1 means that nobody has held this effect before.
   */
  readonly claimNo: number;
  /** When the claim runs out, epoch ms by the clock that `now` of the claim was read from. */
  readonly claimUntil: number;
  /** When it was committed, epoch ms. */
  readonly createdAt: number;
  /** The leg as committed at the moment of the claim (dial and hangup only): effects are re-checked when they run. */
  readonly leg: LegState | null;
}

export type EffectReceipt = Pick<ClaimedEffect, 'id' | 'claimNo'>;

/** Which effect has failed, and what is known of the reason. */
export interface EffectFailure {
  readonly id: string;
  readonly error: string;
}

export interface ClaimRequest {
  /** Who claims; for the operator. */
  readonly owner: string;
  /** Epoch ms. */
  readonly now: number;
  /** ms for which the claimed effects are the claimer's alone. */
  readonly leaseMs: number;
  /** How many effects there is room for, about. */
  readonly limit: number;
  /** Which kinds there is room for; missing = all. A lane counts as what its first effect is, with a hangup in it as hangup. */
  readonly kinds?: readonly EffectKind[];
}

/**
 * All that one turn wants, claimed in the very commit by the process that made it: executed from memory, and in the
 * database one row only. Nobody has held these effects before.
 */
export interface HeldBundle {
  readonly rootId: string;
  readonly customerId: string;
  /** Of the tree after the turn: with the root's id it names the bundle. */
  readonly version: number;
  readonly effects: readonly Effect[];
  /** The legs as committed with it. */
  readonly legs: ReadonlyMap<string, LegState>;
  /** From then on anybody may execute what is left, epoch ms. */
  readonly heldUntil: number;
  /** When it was committed, epoch ms, about. */
  readonly createdAt: number;
}

export type BundleReceipt = Pick<HeldBundle, 'rootId' | 'version'>;

/** An effect of a bundle that its holder has not done: from now on one like any other. */
export interface GivenBack extends BundleReceipt {
  readonly customerId: string;
  /** Its place among the effects of its bundle. */
  readonly ordinal: number;
  readonly effect: Effect;
  readonly createdAt: number;
  /** Due again then, epoch ms. */
  readonly at: number;
  /** Why it has failed; null: it was not tried. */
  readonly error: string | null;
}

/** What is left in an outbox, of all processes. */
export interface OutboxStats {
  /** Not done yet. */
  readonly pending: number;
  /** Given up: an operator has to look. */
  readonly dead: number;
  /** Age of the oldest pending one, ms; 0 when there is none. */
  readonly oldestAge: number;
}

/**
 * Effects committed with their turns, until they are done. Order: within a lane strictly one after the other – an
 * effect is claimable only while no earlier one of its lane is left, and a claim takes the following ones of the same
 * lane along. Across lanes there is no order, but hangups go first: a lane to which a hangup is added is due at once,
 * however long what comes before it was put off.
 */
export abstract class EffectOutbox {
  /**
   * Claims up to about `limit` due effects; those of one lane are neighbours and in order. Those of bundles are among
   * them whose holder has run out of time or never was; an effect waits for earlier bundles with its lane in them.
   */
  abstract claim(request: ClaimRequest): Promise<ClaimedEffect[]>;

  /** Done: forget them. Receipts of an outdated claim are ignored. */
  abstract acknowledge(receipts: readonly EffectReceipt[]): Promise<void>;

  /**
   * Not done: due again at `at`, claimable by anybody. Later ones of the lane wait behind it, but a hangup waits for
   * nothing that was put off: its lane is due at once.
   * @param failure which of them was tried: it has failed once more. Missing: none was, they are only given back
   */
  abstract postpone(receipts: readonly EffectReceipt[], at: number, failure?: EffectFailure): Promise<void>;

  /** Tried for the last time and given up: kept for the operator, no longer in the way of its lane. */
  abstract bury(receipts: readonly EffectReceipt[], error: string): Promise<void>;

  /**
   * Every effect of these bundles is done or given back: forget them. Those that are not `owner`'s any more are left alone, and
   * so are those that somebody else is just writing: it waits for nobody.
   */
  abstract release(owner: string, bundles: readonly BundleReceipt[]): Promise<void>;

  /**
   * What its holder has not done, claimable by anybody; each lane whole and in order. What has a hangup behind it in its
   * lane is due at once. Those of bundles that are not `owner`'s any more are left alone.
   */
  abstract giveBack(owner: string, effects: readonly GivenBack[]): Promise<void>;

  /** `owner` needs longer. @returns the bundles that are still `owner`'s, and now are until `until` */
  abstract renew(owner: string, bundles: readonly BundleReceipt[], until: number): Promise<BundleReceipt[]>;

  /** What is left, for the operator. @param now epoch ms by the database's clock */
  abstract stats(now: number): Promise<OutboxStats>;
}

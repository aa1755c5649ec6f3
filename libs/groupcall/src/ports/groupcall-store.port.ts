import type { Effect } from '../domain/effect.js';
import type { TreeState } from '../domain/tree-state.js';
import type { BundleReceipt } from './effect-outbox.port.js';

/** One tree's decided turn, ready to be made durable as a whole or not at all. */
export interface TreeTurn {
  /** The state the turn was decided on; its version must still be the stored one. Version 0: must not exist yet. */
  readonly before: TreeState;
  /** The state after it. Its version is `before.version + 1`. */
  readonly after: TreeState;
  readonly effects: readonly Effect[];
  /** Recorded with a new tree: one groupcall per key and customer. */
  readonly idempotency?: IdempotencyRecord;
}

export interface IdempotencyRecord {
  readonly key: string;
  /** Tells whether a later request with this key is the same one. */
  readonly fingerprint: string;
}

/** Who wants to execute the effects of a turn at once, without claiming them one by one. */
export interface EffectHold {
  /** Nobody else's name, also not of this process in an earlier life. */
  readonly owner: string;
  /** Epoch ms. */
  readonly now: number;
  readonly until: number;
  /**
   * Versions of the bundles of this tree that the owner is executing. A bundle of the owner's of which it knows nothing
   * – the reply to its commit was lost – is in nobody's hands.
   */
  known(rootId: string): readonly number[];
  /**
   * Bundles of the owner of which everything is done: forgotten as by `EffectOutbox.release` if at least one of the turns is
   * stored; otherwise they may or may not be.
   */
  readonly done?: readonly BundleReceipt[];
}

/**
 * `held`: committed, and the effects are the holder's (`HeldBundle`); only with a hold, and only when nothing earlier of
 * their lanes is in anybody else's hands. Otherwise they are in the outbox for everybody.
 * `conflict`: somebody else has committed this tree meanwhile – load it and decide again.
 * `over_limit`: the turn would bring the customer's live legs over the limit; nothing of it is stored.
 * `duplicate_key`: the idempotency key is taken; nothing is stored.
 */
export type TurnOutcome = 'committed' | 'held' | 'conflict' | 'over_limit' | 'duplicate_key';

/** Whether the turn is durable. */
export function isStored(outcome: TurnOutcome): outcome is 'committed' | 'held' {
  return outcome === 'committed' || outcome === 'held';
}

/**
 * Rejection of {@link GroupcallStore.commit} that is not an unknown outcome: nothing of any turn is stored, and trying
 * the same again fails again, because something in one of them cannot be kept (too long, not a valid text). Which one
 * shows when each is committed alone. `cause` is the driver's error.
 */
export class UnstorableTurnsError extends Error {
  /** Tells this class apart where `instanceof` cannot. */
  override readonly name = 'UnstorableTurnsError';
}

export interface CustomerLimits {
  /** Legs of one customer that have not ended; 0 = no limit. Checked only by turns that add legs. */
  readonly liveLegs: number;
  /** New groupcalls per second and customer; 0 = no limit. */
  readonly groupcallsPerSecond: number;
}

/** A tree that somebody needs, and what he has of it. */
export interface TreeWanted {
  readonly rootId: string;
  /** The version that is known already; 0: nothing is. */
  readonly knownVersion: number;
}

/** `unchanged`: the known version is the stored one. null: there is no such tree. */
export type TreeFound = TreeState | 'unchanged' | null;

/** A tree that has not ended. */
export interface LiveRoot {
  readonly rootId: string;
  readonly customerId: string;
}

/**
 * Trees and everything that must be true of them. Chooses the winner between processes: the version compare-and-set
 * in {@link commit} (RELIABILITY D1). A rejected promise of `commit` means *unknown*: the turns may or may not be
 * stored, so the caller forgets what it holds and loads again (D5). The one exception is {@link UnstorableTurnsError}.
 */
export abstract class GroupcallStore {
  /** Many trees in one go, in the order in which they were wanted; each of them as of one moment. */
  abstract loadMany(wanted: readonly TreeWanted[]): Promise<TreeFound[]>;

  /** The stored tree, or null. */
  async load(rootId: string): Promise<TreeState | null> {
    return (await this.loadMany([{ rootId, knownVersion: 0 }]))[0] as TreeState | null;
  }

  /** The tree of a groupcall, or null. */
  abstract findRootOfGroupcall(groupcallId: string): Promise<string | null>;
  /**
   * The trees that legs belong to by their ids, in the order of the legs; null where there is none. Whether the tree has made
   * such a leg is not looked at.
   */
  abstract findRootsOfLegs(legIds: readonly string[]): Promise<(string | null)[]>;

  /** The groupcall created with this key, if any. */
  abstract findByIdempotencyKey(
    customerId: string,
    key: string,
  ): Promise<{ rootId: string; fingerprint: string } | null>;

  /**
   * Makes several trees' turns durable in one go, each by itself all or nothing; the outcomes are in the order of the
   * turns. One tree occurs at most once.
   * @param hold missing: nobody wants to execute the effects at once. A store may refuse it always
   * @throws UnstorableTurnsError when it is proven that nothing is stored and that the data are why
   */
  abstract commit(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
    hold?: EffectHold,
  ): Promise<TurnOutcome[]>;

  /**
   * Takes one of the customer's new groupcalls per second, across all processes.
   * @returns ms to wait before the next try, 0 = admitted
   */
  abstract admit(customerId: string, limits: CustomerLimits, now: number): Promise<number>;

  /** Trees whose alarm is due at `now`, the most overdue first. */
  abstract dueAlarms(now: number, limit: number): Promise<string[]>;

  /** Live trees of a master call, by root id above `after` (a page). */
  abstract liveRootsOfMasterCall(masterCallId: string, after: string, limit: number): Promise<LiveRoot[]>;

  /** Trees of a customer, by root id above `after` (a page): the live ones, or all that are not deleted. */
  abstract rootsOfCustomer(
    customerId: string,
    which: 'live' | 'not_deleted',
    after: string,
    limit: number,
  ): Promise<LiveRoot[]>;
}

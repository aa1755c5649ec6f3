import type { Effect } from '../domain/effect.js';
import type { TreeState } from '../domain/tree-state.js';

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

/**
 * `conflict`: somebody else has committed this tree meanwhile – load it and decide again.
 * `over_limit`: the turn would bring the customer's live legs over the limit; nothing of it is stored.
 * `duplicate_key`: the idempotency key is taken; nothing is stored.
 */
export type TurnOutcome = 'committed' | 'conflict' | 'over_limit' | 'duplicate_key';

export interface CustomerLimits {
  /** Legs of one customer that have not ended; 0 = no limit. Checked only by turns that add legs. */
  readonly liveLegs: number;
  /** New groupcalls per second and customer; 0 = no limit. */
  readonly groupcallsPerSecond: number;
}

/** A tree that has not ended. */
export interface LiveRoot {
  readonly rootId: string;
  readonly customerId: string;
}

/**
 * Trees and everything that must be true of them. Chooses the winner between processes: the version compare-and-set
 * in {@link commit} (RELIABILITY D1). Any rejected promise of `commit` means *unknown*: the turns may or may not be
 * stored, so the caller forgets what it holds and loads again (D5).
 */
export abstract class GroupcallStore {
  /** The stored tree, or null. */
  abstract load(rootId: string): Promise<TreeState | null>;

  /** The stored version, 0 for none. Cheap; used before memory is trusted to say that nothing is to be done. */
  abstract versionOf(rootId: string): Promise<number>;

  abstract findRootOfGroupcall(groupcallId: string): Promise<string | null>;
  abstract findRootOfLeg(legId: string): Promise<string | null>;

  /** The groupcall created with this key, if any. */
  abstract findByIdempotencyKey(
    customerId: string,
    key: string,
  ): Promise<{ rootId: string; fingerprint: string } | null>;

  /**
   * Makes several trees' turns durable in one go, each by itself all or nothing; the outcomes are in the order of the
   * turns. One tree occurs at most once.
   */
  abstract commit(turns: readonly TreeTurn[], limits: CustomerLimits): Promise<TurnOutcome[]>;

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

import { liveLegsOf, nextAlarmOf, type TreeState } from '../../domain/tree-state.js';
import {
  GroupcallStore,
  isStored,
  type CustomerLimits,
  type EffectHold,
  type LiveRoot,
  type TreeFound,
  type TreeTurn,
  type TreeWanted,
  type TurnOutcome,
} from '../../ports/groupcall-store.port.js';
import { takeOne } from '../rate-bucket.js';
import type { InMemoryDatabase } from './in-memory-database.js';

/** The store without a server: everything a real one promises, except that it forgets when the process ends. */
export class InMemoryGroupcallStore extends GroupcallStore {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  override async loadMany(wanted: readonly TreeWanted[]): Promise<TreeFound[]> {
    return wanted.map(({ rootId, knownVersion }) => {
      const tree = this.database.trees.get(rootId);
      if (!tree) return null;
      return tree.version === knownVersion ? 'unchanged' : copyOf(tree);
    });
  }

  override async findRootOfGroupcall(groupcallId: string): Promise<string | null> {
    return this.database.rootOfGroupcall.get(groupcallId) ?? null;
  }

  override async findRootsOfLegs(legIds: readonly string[]): Promise<(string | null)[]> {
    return legIds.map((id) => this.database.rootOfLeg.get(id) ?? null);
  }

  override async findByIdempotencyKey(customerId: string, key: string) {
    const known = this.database.idempotency.get(customerId)?.get(key);
    return known ? { rootId: known.rootId, fingerprint: known.fingerprint } : null;
  }

  override async commit(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
    hold?: EffectHold,
  ): Promise<TurnOutcome[]> {
    const outcomes = turns.map((turn) => this.commitOne(turn, limits, hold));
    if (hold?.done && outcomes.some(isStored)) this.database.removeBundles(hold.owner, hold.done);
    return outcomes;
  }

  override async admit(customerId: string, limits: CustomerLimits, now: number): Promise<number> {
    const most = limits.groupcallsPerSecond;
    if (most <= 0) return 0;
    const result = takeOne(this.database.rates.get(customerId) ?? null, most, now);
    if ('wait' in result) return result.wait;
    this.database.rates.set(customerId, result.taken);
    return 0;
  }

  override async dueAlarms(now: number, limit: number): Promise<string[]> {
    return [...this.database.trees.values()]
      .map((tree) => ({ rootId: tree.rootId, at: nextAlarmOf(tree) ?? Infinity }))
      .filter(({ at }) => at <= now)
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map(({ rootId }) => rootId);
  }

  override async liveRootsOfMasterCall(
    masterCallId: string,
    after: string,
    limit: number,
  ): Promise<LiveRoot[]> {
    return this.rootsAbove(
      after,
      limit,
      (tree) => isLive(tree) && rootOf(tree).masterCallId === masterCallId,
    );
  }

  override async rootsOfCustomer(
    customerId: string,
    which: 'live' | 'not_deleted',
    after: string,
    limit: number,
  ): Promise<LiveRoot[]> {
    return this.rootsAbove(
      after,
      limit,
      (tree) =>
        tree.customerId === customerId && (which === 'live' ? isLive(tree) : rootOf(tree).tmDelete === null),
    );
  }

  private rootsAbove(after: string, limit: number, wanted: (tree: TreeState) => boolean): LiveRoot[] {
    return [...this.database.trees.values()]
      .filter((tree) => tree.rootId > after && wanted(tree))
      .sort((a, b) => (a.rootId < b.rootId ? -1 : 1))
      .slice(0, limit)
      .map(({ rootId, customerId }) => ({ rootId, customerId }));
  }

  private commitOne(
    { before, after, effects, idempotency }: TreeTurn,
    limits: CustomerLimits,
    hold?: EffectHold,
  ): TurnOutcome {
    const { trees, rootOfGroupcall, rootOfLeg, liveLegs } = this.database;
    const { rootId, customerId } = after;
    const stored = trees.get(rootId);
    if ((stored?.version ?? 0) !== before.version) return 'conflict';
    if (isTaken(after.groupcalls, rootOfGroupcall, rootId) || isTaken(after.legs, rootOfLeg, rootId))
      return 'conflict';
    if (idempotency && this.keysOf(customerId).has(idempotency.key)) return 'duplicate_key';
    const added = liveLegsOf(after) - (stored ? liveLegsOf(stored) : 0);
    const live = (liveLegs.get(customerId) ?? 0) + added;
    if (added > 0 && limits.liveLegs > 0 && live > limits.liveLegs) return 'over_limit';

    trees.set(rootId, copyOf(after));
    for (const id of after.groupcalls.keys()) rootOfGroupcall.set(id, rootId);
    for (const id of after.legs.keys()) rootOfLeg.set(id, rootId);
    liveLegs.set(customerId, live);
    if (idempotency) this.keysOf(customerId).set(idempotency.key, { ...idempotency, rootId });
    if (hold && effects.length > 0)
      return this.database.addBundle(after, effects, hold) ? 'held' : 'committed';
    this.database.addEffects(after, effects);
    return 'committed';
  }

  private keysOf(customerId: string) {
    const { idempotency } = this.database;
    const keys =
      idempotency.get(customerId) ?? new Map<string, { key: string; fingerprint: string; rootId: string }>();
    idempotency.set(customerId, keys);
    return keys;
  }
}

/** An id of the tree already belongs to another one. */
function isTaken(
  ids: ReadonlyMap<string, unknown>,
  owners: ReadonlyMap<string, string>,
  rootId: string,
): boolean {
  for (const id of ids.keys()) if ((owners.get(id) ?? rootId) !== rootId) return true;
  return false;
}

/** What is in the database shares no map with what a caller holds. The objects in the maps are never changed. */
function copyOf(tree: TreeState): TreeState {
  return { ...tree, groupcalls: new Map(tree.groupcalls), legs: new Map(tree.legs) };
}

function rootOf(tree: TreeState) {
  return tree.groupcalls.get(tree.rootId)!;
}

/** The root ends last of all. */
function isLive(tree: TreeState): boolean {
  return rootOf(tree).status !== 'hangup';
}

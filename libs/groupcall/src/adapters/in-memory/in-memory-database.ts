import type { Effect } from '../../domain/effect.js';
import type { TreeState } from '../../domain/tree-state.js';
import type { Clock } from '../../ports/clock.port.js';
import type { IdempotencyRecord } from '../../ports/groupcall-store.port.js';

/** A committed effect that is not done. */
export interface OutboxRow {
  readonly id: string;
  readonly rootId: string;
  readonly customerId: string;
  readonly effect: Effect;
  readonly createdAt: number;
  attempts: number;
  claimNo: number;
  /** Not claimable before this, epoch ms: postponed, or somebody else's until then. */
  dueAt: number;
  dead: boolean;
  error: string;
}

/**
 * The tables of the in-memory adapters. Several stores, outboxes and readers may share one database and so play
 * several processes. Nothing here waits, so every method of an adapter is atomic.
 */
export class InMemoryDatabase {
  readonly trees = new Map<string, TreeState>();
  readonly rootOfGroupcall = new Map<string, string>();
  readonly rootOfLeg = new Map<string, string>();
  /** In order of commit. */
  readonly outbox = new Map<string, OutboxRow>();
  /** By customer, then by key. */
  readonly idempotency = new Map<string, Map<string, IdempotencyRecord & { rootId: string }>>();
  readonly liveLegs = new Map<string, number>();
  /** How many new groupcalls a customer may make right now, as of `at`; refilled as time passes. */
  readonly rates = new Map<string, { tokens: number; at: number }>();
  private effectsMade = 0;

  /** @param clock the database's own clock: when an effect was committed */
  constructor(readonly clock: Clock) {}

  addEffect(tree: TreeState, effect: Effect): void {
    this.effectsMade += 1;
    const id = String(this.effectsMade);
    const now = this.clock.now();
    this.outbox.set(id, {
      id,
      rootId: tree.rootId,
      customerId: tree.customerId,
      effect,
      createdAt: now,
      attempts: 0,
      claimNo: 0,
      dueAt: now,
      dead: false,
      error: '',
    });
  }
}

import type { Effect } from '../../domain/effect.js';
import type { TreeState } from '../../domain/tree-state.js';
import type { Clock } from '../../ports/clock.port.js';
import type { BundleReceipt } from '../../ports/effect-outbox.port.js';
import type { EffectHold, IdempotencyRecord } from '../../ports/groupcall-store.port.js';
import { lanesIn } from '../lanes-in.js';
import { EFFECT_PRIORITY, urgentLanesOf } from '../effect-priority.js';
import type { RecentDial } from '../recent-dials.js';
import type { RateBucket } from '../rate-bucket.js';

/** A committed effect that is not done. */
export interface OutboxRow {
  readonly id: string;
  readonly rootId: string;
  readonly customerId: string;
  /** Of the turn that wants it, and its place among the turn's effects. */
  readonly version: number;
  readonly ordinal: number;
  readonly effect: Effect;
  readonly createdAt: number;
  /** That of its kind, or of a hangup behind it in its lane. */
  priority: number;
  attempts: number;
  claimNo: number;
  /** Somebody's until then, epoch ms. */
  claimUntil: number;
  /** Put off until then, epoch ms. */
  nextAt: number;
  dead: boolean;
  error: string;
}

/** The effects of one turn while its holder executes them; `holder` empty: nobody does. */
export interface BundleRow extends BundleReceipt {
  readonly customerId: string;
  readonly effects: readonly Effect[];
  /** In which it stands in the way: all of its effects', without those that were given back. */
  readonly lanes: ReadonlySet<string>;
  readonly createdAt: number;
  readonly holder: string;
  /** Epoch ms. */
  readonly heldUntil: number;
}

/**
 * The tables of the in-memory adapters. Several stores, outboxes and readers may share one database and so play
 * several processes. Nothing here waits, so every method of an adapter is atomic.
 */
export class InMemoryDatabase {
  /** By root id. */
  readonly trees = new Map<string, TreeState>();
  /** Root id by groupcall. */
  readonly rootOfGroupcall = new Map<string, string>();
  /** Root id by leg. */
  readonly rootOfLeg = new Map<string, string>();
  /** In order of commit. */
  readonly outbox = new Map<string, OutboxRow>();
  /** Effects of whole turns that one process holds, or that nobody has taken apart yet. */
  readonly bundles = new Map<string, BundleRow>();
  /** By customer, then by key. */
  readonly idempotency = new Map<string, Map<string, IdempotencyRecord & { rootId: string }>>();
  /** By customer. */
  readonly liveLegs = new Map<string, number>();
  /** How many new groupcalls a customer may make right now. */
  readonly rates = new Map<string, RateBucket>();
  /** By customer and number: legs dialled a moment ago, and when the last one was. */
  readonly dials = new Map<string, { recent: RecentDial[]; at: number }>();
  private effectsMade = 0;

  constructor(
    /** The database's own clock: when an effect was committed. */
    readonly clock: Clock,
  ) {}

  /** All that one turn wants, in its order. */
  addEffects(tree: TreeState, effects: readonly Effect[]): void {
    const { rootId, customerId, version } = tree;
    const createdAt = this.clock.now();
    this.addRows(
      effects.map((effect, ordinal) => ({ rootId, customerId, version, ordinal, effect, createdAt })),
    );
  }

  /** The same in one piece. @returns whether it is in the hands of who asked for it */
  addBundle(tree: TreeState, effects: readonly Effect[], hold: EffectHold): boolean {
    const { owner, until } = hold;
    const lanes = lanesIn(effects);
    const isElsewhere = this.rowsOf(tree.rootId, lanes) || this.isBundled(tree.rootId, lanes, hold);
    this.bundles.set(bundleKey(tree), {
      rootId: tree.rootId,
      customerId: tree.customerId,
      version: tree.version,
      effects,
      lanes: new Set(lanes),
      createdAt: this.clock.now(),
      holder: isElsewhere ? '' : owner,
      heldUntil: isElsewhere ? 0 : until,
    });
    return !isElsewhere;
  }

  /** Those that are not `owner`'s any more are left alone. */
  removeBundles(owner: string, bundles: readonly BundleReceipt[]): void {
    for (const key of bundles.map(bundleKey))
      if (this.bundles.get(key)?.holder === owner) this.bundles.delete(key);
  }

  /** What nobody holds becomes effects like any other. */
  unpackBundles(now: number): void {
    for (const [key, bundle] of this.bundles) {
      if (bundle.heldUntil > now) continue;
      this.bundles.delete(key);
      const { rootId, customerId, version, createdAt } = bundle;
      const given = new Set(
        [...this.outbox.values()].flatMap((row) =>
          row.rootId === rootId && row.version === version ? [row.ordinal] : [],
        ),
      );
      const rows = bundle.effects.map((effect, ordinal) => ({
        rootId,
        customerId,
        version,
        ordinal,
        effect,
        createdAt,
        // Held by somebody before: it may have been done.
        claimNo: bundle.holder === '' ? 0 : 1,
      }));
      this.addRows(rows.filter(({ ordinal }) => !given.has(ordinal)));
    }
  }

  /** Puts effects into the outbox, for everybody, in their order. */
  addRows(rows: readonly NewRow[]): void {
    const urgent = urgentLanesOf(rows.map(({ effect }) => effect));
    if (urgent.size > 0) this.hurry(urgent);
    for (const row of rows) {
      const { kind, lane } = row.effect;
      this.addRow(row, EFFECT_PRIORITY[urgent.has(lane) ? 'hangup' : kind]);
    }
  }

  /** An earlier turn wants something of this lane that somebody may be doing from memory. */
  hasEarlierBundle({ rootId, version, effect: { lane } }: OutboxRow): boolean {
    for (const bundle of this.bundles.values()) {
      if (bundle.rootId === rootId && bundle.version < version && bundle.lanes.has(lane)) return true;
    }
    return false;
  }

  private rowsOf(rootId: string, lanes: readonly string[]): boolean {
    return [...this.outbox.values()].some(
      (row) => row.rootId === rootId && !row.dead && lanes.includes(row.effect.lane),
    );
  }

  private isBundled(rootId: string, lanes: readonly string[], hold: EffectHold): boolean {
    const mine = hold.known(rootId);
    return [...this.bundles.values()].some(
      (bundle) =>
        bundle.rootId === rootId &&
        (bundle.holder !== hold.owner || bundle.heldUntil <= hold.now || !mine.includes(bundle.version)) &&
        lanes.some((lane) => bundle.lanes.has(lane)),
    );
  }

  /** What is in front of a hangup must not keep it waiting. */
  private hurry(lanes: ReadonlySet<string>): void {
    for (const row of this.outbox.values()) {
      if (row.dead || !lanes.has(row.effect.lane)) continue;
      row.priority = EFFECT_PRIORITY.hangup;
      row.nextAt = 0;
    }
  }

  private addRow(
    { claimNo = 0, attempts = 0, nextAt = 0, error = '', ...row }: NewRow,
    priority: number,
  ): void {
    this.effectsMade += 1;
    const id = String(this.effectsMade);
    this.outbox.set(id, {
      ...row,
      id,
      priority,
      attempts,
      claimNo,
      claimUntil: 0,
      nextAt,
      dead: false,
      error,
    });
  }
}

export type NewRow = Pick<
  OutboxRow,
  'rootId' | 'customerId' | 'version' | 'ordinal' | 'effect' | 'createdAt'
> &
  Partial<Pick<OutboxRow, 'claimNo' | 'attempts' | 'nextAt' | 'error'>>;

export function bundleKey({ rootId, version }: BundleReceipt): string {
  return `${rootId}/${version}`;
}

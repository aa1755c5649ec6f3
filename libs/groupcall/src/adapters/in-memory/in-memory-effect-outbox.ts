import {
  EffectOutbox,
  type ClaimedEffect,
  type ClaimRequest,
  type EffectFailure,
  type EffectReceipt,
  type BundleReceipt,
  type GivenBack,
  type OutboxStats,
} from '../../ports/effect-outbox.port.js';
import { EFFECT_PRIORITY, prioritiesOf } from '../effect-priority.js';
import { bundleKey, type BundleRow, type InMemoryDatabase, type OutboxRow } from './in-memory-database.js';
import { hurriedLanes } from '../effect-priority.js';

/** The outbox without a server; several of one database compete for its effects as processes do. */
export class InMemoryEffectOutbox extends EffectOutbox {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  override async claim({ now, leaseMs, limit, kinds }: ClaimRequest): Promise<ClaimedEffect[]> {
    this.database.unpackBundles(now);
    const wanted = prioritiesOf(kinds);
    const isFree = (row: OutboxRow) =>
      row.nextAt <= now && row.claimUntil <= now && !this.database.hasEarlierBundle(row);
    const lanes = [...this.lanes().values()].filter(
      ([head]) => isFree(head) && wanted.includes(head.priority),
    );
    lanes.sort(([a], [b]) => a.priority - b.priority);
    const claimed: OutboxRow[] = [];
    for (const lane of lanes) {
      if (claimed.length >= limit) break;
      const wait = lane.findIndex((row) => !isFree(row));
      claimed.push(...(wait < 0 ? lane : lane.slice(0, wait)));
    }
    return claimed.map((row) => {
      row.claimNo += 1;
      row.claimUntil = now + leaseMs;
      return this.toClaimed(row);
    });
  }

  override async acknowledge(receipts: readonly EffectReceipt[]): Promise<void> {
    for (const row of this.held(receipts)) this.database.outbox.delete(row.id);
  }

  override async postpone(
    receipts: readonly EffectReceipt[],
    at: number,
    failure?: EffectFailure,
  ): Promise<void> {
    const lanes = this.lanes();
    for (const row of this.held(receipts)) {
      const [head] = lanes.get(row.effect.lane)!;
      row.nextAt = hasHangupBehind(head) ? 0 : at;
      // The claim is given back: what it may still say counts no more.
      row.claimUntil = 0;
      row.claimNo += 1;
      if (row.id === failure?.id) failed(row, failure.error);
    }
  }

  override async bury(receipts: readonly EffectReceipt[], error: string): Promise<void> {
    for (const row of this.held(receipts)) {
      row.dead = true;
      failed(row, error);
    }
  }

  override async release(owner: string, bundles: readonly BundleReceipt[]): Promise<void> {
    this.database.removeBundles(owner, bundles);
  }

  override async giveBack(owner: string, effects: readonly GivenBack[]): Promise<void> {
    const bundles = this.bundlesOf(owner, effects);
    const mine = new Set(bundles.map(bundleKey));
    const rows = effects.filter((one) => mine.has(bundleKey(one)));
    for (const bundle of bundles) {
      const key = bundleKey(bundle);
      const given = new Set(rows.filter((row) => bundleKey(row) === key).map(({ effect }) => effect.lane));
      const lanes = new Set([...bundle.lanes].filter((lane) => !given.has(lane)));
      this.database.bundles.set(key, { ...bundle, lanes });
    }
    const hurried = hurriedLanes(rows.map(({ effect }) => effect));
    this.database.addRows(
      rows.map(({ at, error, ...row }) => ({
        ...row,
        claimNo: 1,
        attempts: error === null ? 0 : 1,
        nextAt: hurried.has(row.effect.lane) ? 0 : at,
        error: error ?? '',
      })),
    );
  }

  override async renew(
    owner: string,
    bundles: readonly BundleReceipt[],
    until: number,
  ): Promise<BundleReceipt[]> {
    const mine = this.bundlesOf(owner, bundles);
    for (const row of mine) this.database.bundles.set(bundleKey(row), { ...row, heldUntil: until });
    return mine.map(({ rootId, version }) => ({ rootId, version }));
  }

  override async stats(now: number): Promise<OutboxStats> {
    const rows = [...this.database.outbox.values()];
    const bundles = [...this.database.bundles.values()];
    const pending = rows.filter((row) => !row.dead);
    const oldest = [...pending, ...bundles].reduce((least, row) => Math.min(least, row.createdAt), now);
    const bundled = bundles.reduce((sum, { effects }) => sum + effects.length, 0);
    return { pending: pending.length + bundled, dead: rows.length - pending.length, oldestAge: now - oldest };
  }

  /** Every lane's effects that are left, in order. */
  private lanes(): Map<string, OutboxRow[]> {
    const lanes = new Map<string, OutboxRow[]>();
    for (const row of this.database.outbox.values()) {
      if (row.dead) continue;
      const lane = lanes.get(row.effect.lane);
      if (lane) lane.push(row);
      else lanes.set(row.effect.lane, [row]);
    }
    // Unpacked ones come later into the outbox than what may have been committed after them.
    for (const lane of lanes.values()) lane.sort((a, b) => a.version - b.version || a.ordinal - b.ordinal);
    return lanes;
  }

  private bundlesOf(owner: string, receipts: readonly BundleReceipt[]): BundleRow[] {
    const keys = new Set(receipts.map(bundleKey));
    return [...keys].flatMap((key) => {
      const bundle = this.database.bundles.get(key);
      return bundle?.holder === owner ? [bundle] : [];
    });
  }

  private held(receipts: readonly EffectReceipt[]): OutboxRow[] {
    return receipts.flatMap(({ id, claimNo }) => {
      const row = this.database.outbox.get(id);
      return row && row.claimNo === claimNo && !row.dead ? [row] : [];
    });
  }

  private toClaimed(row: OutboxRow): ClaimedEffect {
    const { id, rootId, customerId, effect, attempts, claimNo, claimUntil, createdAt } = row;
    const legId = effect.kind === 'dial' || effect.kind === 'hangup' ? effect.legId : null;
    const leg = legId === null ? null : (this.database.trees.get(rootId)?.legs.get(legId) ?? null);
    return { id, rootId, customerId, effect, attempts, claimNo, claimUntil, createdAt, leg };
  }
}

function hasHangupBehind({ effect, priority }: OutboxRow): boolean {
  return effect.kind !== 'hangup' && priority === EFFECT_PRIORITY.hangup;
}

function failed(row: OutboxRow, error: string): void {
  row.attempts += 1;
  row.error = error;
}

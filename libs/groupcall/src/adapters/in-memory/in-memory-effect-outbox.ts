import { EffectOutbox, type ClaimedEffect, type EffectReceipt } from '../../ports/effect-outbox.port.js';
import type { InMemoryDatabase, OutboxRow } from './in-memory-database.js';

/** The outbox without a server; several of one database compete for its effects as processes do. */
export class InMemoryEffectOutbox extends EffectOutbox {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  override async claim(request: {
    owner: string;
    now: number;
    leaseMs: number;
    limit: number;
  }): Promise<ClaimedEffect[]> {
    const { now, leaseMs, limit } = request;
    const heads = [...this.lanes().values()].filter(([head]) => head.dueAt <= now);
    // What rings too long costs a human, what waits for its dial only a moment.
    heads.sort((a, b) => rank(a[0]) - rank(b[0]));
    const claimed: OutboxRow[] = [];
    for (const lane of heads) {
      if (claimed.length >= limit) break;
      const wait = lane.findIndex((row) => row.dueAt > now);
      claimed.push(...(wait < 0 ? lane : lane.slice(0, wait)));
    }
    return claimed.map((row) => {
      row.attempts += 1;
      row.claimNo += 1;
      row.dueAt = now + leaseMs;
      return this.toClaimed(row);
    });
  }

  override async acknowledge(receipts: readonly EffectReceipt[]): Promise<void> {
    for (const row of this.held(receipts)) this.database.outbox.delete(row.id);
  }

  override async postpone(receipts: readonly EffectReceipt[], at: number, error: string): Promise<void> {
    for (const row of this.held(receipts)) {
      row.dueAt = at;
      row.error = error;
      // The claim is given back: what it may still say counts no more.
      row.claimNo += 1;
    }
  }

  override async bury(receipts: readonly EffectReceipt[], error: string): Promise<void> {
    for (const row of this.held(receipts)) {
      row.dead = true;
      row.error = error;
    }
  }

  override async stats(now: number): Promise<{ pending: number; dead: number; oldestAge: number }> {
    const rows = [...this.database.outbox.values()];
    const pending = rows.filter((row) => !row.dead);
    const oldest = pending.reduce((least, row) => Math.min(least, row.createdAt), now);
    return { pending: pending.length, dead: rows.length - pending.length, oldestAge: now - oldest };
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
    return lanes;
  }

  private held(receipts: readonly EffectReceipt[]): OutboxRow[] {
    return receipts.flatMap(({ id, claimNo }) => {
      const row = this.database.outbox.get(id);
      return row && row.claimNo === claimNo && !row.dead ? [row] : [];
    });
  }

  private toClaimed(row: OutboxRow): ClaimedEffect {
    const { id, rootId, customerId, effect, attempts, claimNo, createdAt } = row;
    const legId = effect.kind === 'dial' || effect.kind === 'hangup' ? effect.legId : null;
    const leg = legId === null ? null : (this.database.trees.get(rootId)?.legs.get(legId) ?? null);
    return { id, rootId, customerId, effect, attempts, claimNo, createdAt, leg };
  }
}

function rank({ effect }: OutboxRow): number {
  return effect.kind === 'hangup' ? 0 : 1;
}

import type { DataSource } from 'typeorm';
import {
  EffectOutbox,
  type ClaimedEffect,
  type ClaimRequest,
  type EffectFailure,
  type BundleReceipt,
  type EffectReceipt,
  type OutboxStats,
} from '../../../ports/effect-outbox.port.js';
import type { EffectKind } from '../../../domain/effect.js';
import { EFFECT_PRIORITY } from '../../effect-priority.js';
import { statsOf, type StatsRow } from '../outbox-stats.js';
import { storedError } from '../stored-error.js';
import type { TableNames } from '../tables.js';
import { claimEffects } from './claim.js';
import { MysqlConnections } from './mysql-connections.js';
import { joinedByKey, rowsParameter, rowsTable } from './statements.js';

/** Receipts of a claim that somebody else has taken over, given back or buried do not match any more. */
const claimed = (tables: TableNames) =>
  joinedByKey(
    ['receipt_id', 'claim_no'],
    tables.outbox,
    `t.id = n.receipt_id AND t.claim_no = n.claim_no AND t.status = 'pending'`,
  );

interface LanePosition {
  receipt_id: string;
  lane: string;
  version: number;
  ordinal: number;
  kind: EffectKind;
  priority: number;
}

const lockClaimed = (tables: TableNames) =>
  `SELECT t.id AS receipt_id, t.lane, t.version, t.ordinal, t.kind, t.priority FROM ${claimed(tables)} FOR UPDATE`;
/** The claim is given back: what it may still say counts no more. */
const postponeStatement = (
  tables: TableNames,
) => `UPDATE ${joinedByKey(['receipt_id', 'next_at'], tables.outbox, 't.id = n.receipt_id')}
  SET t.next_at = n.next_at, t.claim_until = 0, t.claimed_by = NULL, t.claim_no = t.claim_no + 1,
    t.attempts = t.attempts + IF(t.id = CAST(? AS SIGNED), 1, 0),
    t.last_error = IF(t.id = CAST(? AS SIGNED), ?, t.last_error)`;
/** The rest of the lane cannot run earlier either: kept back with it, no claim has to look at it in vain. */
const keepBackStatement = (
  tables: TableNames,
) => `UPDATE ${rowsTable(['lane', 'version', 'ordinal', 'next_at'])}
  STRAIGHT_JOIN ${tables.outbox} t FORCE INDEX (groupcall_outbox_lane)
    ON t.status = 'pending' AND t.lane = n.lane
      AND (t.version > n.version OR (t.version = n.version AND t.ordinal > n.ordinal))
  SET t.next_at = n.next_at WHERE t.claimed_by IS NULL AND t.next_at < n.next_at`;

/** Effects on MariaDB and MySQL, claimed with SKIP LOCKED. */
export class MysqlEffectOutbox extends EffectOutbox {
  private readonly connections: MysqlConnections;

  /** @param deadline ms after which a transaction counts as lost and its connection is destroyed */
  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.connections = new MysqlConnections(dataSource, deadline);
  }

  claim(request: ClaimRequest): Promise<ClaimedEffect[]> {
    return this.connections.transaction((sql) => claimEffects(sql, this.tables, request));
  }

  async acknowledge(receipts: readonly EffectReceipt[]): Promise<void> {
    await this.onClaimed(`DELETE t FROM ${claimed(this.tables)}`, receipts);
  }

  async postpone(receipts: readonly EffectReceipt[], at: number, failure?: EffectFailure): Promise<void> {
    if (receipts.length === 0) return;
    await this.connections.transaction(async (sql) => {
      const held = await sql<LanePosition>(lockClaimed(this.tables), [receiptRows(receipts)]);
      if (held.length === 0) return;
      const lanes = firstOfLanes(held).map((first) => ({
        ...first,
        next_at: hasHangupBehind(first) ? 0 : at,
      }));
      const nextAt = new Map(lanes.map((one) => [one.lane, one.next_at]));
      const rows = held.map(({ receipt_id, lane }) => ({ receipt_id, next_at: nextAt.get(lane) }));
      const failed = failure?.id ?? '0';
      await sql.change(postponeStatement(this.tables), [
        rowsParameter(rows),
        failed,
        failed,
        storedError(failure?.error ?? ''),
      ]);
      await sql.change(keepBackStatement(this.tables), [rowsParameter(lanes)]);
    });
  }

  async bury(receipts: readonly EffectReceipt[], error: string): Promise<void> {
    await this.onClaimed(
      `UPDATE ${claimed(this.tables)} SET t.status = 'dead', t.claimed_by = NULL, t.attempts = t.attempts + 1,
        t.last_error = ?`,
      receipts,
      [storedError(error)],
    );
  }

  /** Nothing is held on this database: MysqlGroupcallStore writes every effect for everybody. */
  release(): Promise<void> {
    return Promise.resolve();
  }

  giveBack(): Promise<void> {
    return Promise.resolve();
  }

  renew(): Promise<BundleReceipt[]> {
    return Promise.resolve([]);
  }

  async stats(now: number): Promise<OutboxStats> {
    const [row] = await this.connections.read<StatsRow>(
      `SELECT COUNT(*) AS pending, MIN(created_at) AS oldest,
        (SELECT COUNT(*) FROM ${this.tables.outbox} WHERE status = 'dead') AS dead
       FROM ${this.tables.outbox} WHERE status = 'pending'`,
    );
    return statsOf(row, now);
  }

  private async onClaimed(
    statement: string,
    receipts: readonly EffectReceipt[],
    more: unknown[] = [],
  ): Promise<void> {
    if (receipts.length === 0) return;
    await this.connections.transaction((sql) => sql.change(statement, [receiptRows(receipts), ...more]));
  }
}

/** In order of id: so are the rows locked. */
function receiptRows(receipts: readonly EffectReceipt[]): string {
  const rows = receipts.map(({ id, claimNo }) => ({ receipt_id: id, claim_no: claimNo }));
  return rowsParameter(rows.sort((a, b) => Number(a.receipt_id) - Number(b.receipt_id)));
}

/** What comes before a hangup is urgent and waits no longer. */
function hasHangupBehind({ kind, priority }: LanePosition): boolean {
  return kind !== 'hangup' && priority === EFFECT_PRIORITY.hangup;
}

function firstOfLanes(positions: readonly LanePosition[]): LanePosition[] {
  const lanes = new Map<string, LanePosition>();
  for (const one of positions) {
    const first = lanes.get(one.lane);
    if (
      !first ||
      one.version < first.version ||
      (one.version === first.version && one.ordinal < first.ordinal)
    )
      lanes.set(one.lane, one);
  }
  return [...lanes.values()].sort((a, b) => (a.lane < b.lane ? -1 : 1));
}

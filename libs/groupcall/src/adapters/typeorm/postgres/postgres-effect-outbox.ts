import type { DataSource } from 'typeorm';
import type { Effect } from '../../../domain/effect.js';
import {
  EffectOutbox,
  type ClaimedEffect,
  type ClaimRequest,
  type EffectFailure,
  type EffectReceipt,
  type BundleReceipt,
  type GivenBack,
  type OutboxStats,
} from '../../../ports/effect-outbox.port.js';
import { unpackEffects } from './effect-bundle.js';
import { hurriedLanes, prioritiesOf } from '../../effect-priority.js';
import { outboxRows } from '../commit-rows.js';
import { statsOf, type StatsRow } from '../outbox-stats.js';
import { storedError } from '../stored-error.js';
import { SqlConnection } from './sql-connection.js';
import type { TableNames } from '../tables.js';
import { legFromRow, type LegRow } from '../tree-mapper.js';
import {
  giveBackStatement,
  releaseStatement,
  renewStatement,
  takeOverStatement,
  unpackStatement,
} from './bundle-statements.js';
import { pendingInLane } from './pending.js';
import { treeFromParts, type HotRow, type TreeParts } from './tree-rows.js';
import { prepared, type Prepared } from './prepared.js';
import { claimStatement } from './claim-statement.js';

interface ClaimedRow {
  id: string;
  root_id: string;
  customer_id: string;
  payload: Effect;
  attempts: number;
  claim_no: number;
  created_at: string;
  leg: LegRow | null;
}

interface BundleRow extends Omit<TreeParts, 'tree'> {
  /** Null: somebody has removed it. */
  tree: HotRow | null;
  root_id: string;
  version: number;
  customer_id: string;
  effects: string;
  created_at: string;
  /** Who has held it before, empty for nobody. */
  held_by: string;
}

/** Effects on PostgreSQL, claimed with SKIP LOCKED. */
export class PostgresEffectOutbox extends EffectOutbox {
  private readonly sql: SqlConnection;
  /**
   * Planned anew each time: nearly always the outbox is empty, and a plan that was made for that compares each row with
   * each other one when there is a backlog after all.
   */
  private readonly backlogSql: Readonly<Record<'claim' | 'takeOver' | 'unpack' | 'giveBack', string>>;
  private readonly bundleSql: Readonly<Record<'renew' | 'release', Prepared>>;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
    this.backlogSql = {
      claim: claimStatement(tables),
      takeOver: takeOverStatement(tables),
      unpack: unpackStatement(tables),
      giveBack: giveBackStatement(tables),
    };
    this.bundleSql = {
      renew: prepared('renew', renewStatement(tables)),
      release: prepared('release', releaseStatement(tables)),
    };
  }

  async claim({ owner, now, leaseMs, limit, kinds }: ClaimRequest): Promise<ClaimedEffect[]> {
    await this.unpackDue(owner, now, leaseMs);
    const values = [now, limit, owner, leaseMs, prioritiesOf(kinds)];
    const rows = await this.sql.run<ClaimedRow>(this.backlogSql.claim, values);
    return rows.map((row) => ({
      id: row.id,
      rootId: row.root_id,
      customerId: row.customer_id,
      effect: row.payload,
      attempts: row.attempts,
      claimNo: row.claim_no,
      claimUntil: now + leaseMs,
      createdAt: Number(row.created_at),
      leg: row.leg && legFromRow(row.leg),
    }));
  }

  async acknowledge(receipts: readonly EffectReceipt[]): Promise<void> {
    await this.onClaimed(`DELETE FROM ${this.tables.outbox} o USING`, receipts);
  }

  async postpone(receipts: readonly EffectReceipt[], at: number, failure?: EffectFailure): Promise<void> {
    await this.onClaimed(
      // What has a hangup behind it is urgent and waits no longer. Otherwise the rest of the lane cannot run earlier
      // either: kept back with its first one, no claim has to look at it in vain.
      // And the claim is given back: what it may still say counts no more.
      `, first AS MATERIALIZED (
         SELECT DISTINCT ON (lane) root_id, lane, version, ordinal,
           CASE WHEN priority = 0 AND kind <> 'hangup' THEN 0 ELSE $3::bigint END AS next_at
         FROM mine ORDER BY lane, version, ordinal
       ), behind AS (
         UPDATE ${this.tables.outbox} o SET next_at = first.next_at FROM first
         WHERE ${pendingInLane('o')} AND o.root_id = ANY (ARRAY(SELECT root_id FROM first))
           AND o.lane = first.lane AND (o.version, o.ordinal) > (first.version, first.ordinal)
           AND o.claimed_by IS NULL AND o.next_at < first.next_at)
       UPDATE ${this.tables.outbox} o SET next_at = mine.next_at, claim_until = 0, claimed_by = NULL,
        claim_no = o.claim_no + 1, attempts = o.attempts + mine.failed::int,
        last_error = CASE WHEN mine.failed THEN $5 ELSE o.last_error END
       FROM (SELECT m.id, first.next_at, m.id = $4::bigint AS failed FROM mine m JOIN first USING (lane))`,
      receipts,
      [at, failure?.id ?? '0', storedError(failure?.error ?? '')],
    );
  }

  async bury(receipts: readonly EffectReceipt[], error: string): Promise<void> {
    await this.onClaimed(
      `UPDATE ${this.tables.outbox} o SET status = 'dead', claimed_by = NULL, attempts = o.attempts + 1, last_error = $3 FROM`,
      receipts,
      [storedError(error)],
    );
  }

  async release(owner: string, bundles: readonly BundleReceipt[]): Promise<void> {
    if (bundles.length === 0) return;
    await this.sql.runPrepared(this.bundleSql.release, [...columnsOf(bundles), owner], bundles.length);
  }

  async giveBack(owner: string, effects: readonly GivenBack[]): Promise<void> {
    if (effects.length === 0) return;
    const hurried = hurriedLanes(effects.map(({ effect }) => effect));
    const rows = outboxRows(
      effects.map((one) => ({
        ...one,
        claimNo: 1,
        attempts: one.error === null ? 0 : 1,
        nextAt: hurried.has(one.effect.lane) ? 0 : one.at,
        error: one.error === null ? null : storedError(one.error),
      })),
    );
    await this.sql.run(this.backlogSql.giveBack, [JSON.stringify(rows), owner]);
  }

  async renew(owner: string, bundles: readonly BundleReceipt[], until: number): Promise<BundleReceipt[]> {
    if (bundles.length === 0) return [];
    const rows = await this.sql.runPrepared<{ root_id: string; version: number }>(
      this.bundleSql.renew,
      [...columnsOf(bundles), owner, until],
      bundles.length,
    );
    return rows.map((row) => ({ rootId: row.root_id, version: row.version }));
  }

  /** Effects that nobody holds in one piece any more become everybody's, one by one. */
  private async unpackDue(owner: string, now: number, leaseMs: number): Promise<void> {
    const bundles = await this.sql.run<BundleRow>(this.backlogSql.takeOver, [now, owner, leaseMs]);
    if (bundles.length === 0) return;
    const effects = bundles.flatMap((row) =>
      unpackEffects(row.effects, row.root_id, row.tree && treeFromParts({ ...row, tree: row.tree })).map(
        (one) => ({
          ...one,
          rootId: row.root_id,
          customerId: row.customer_id,
          version: row.version,
          createdAt: Number(row.created_at),
          // Held by somebody before: it may have been done.
          claimNo: row.held_by === '' ? 0 : 1,
          attempts: 0,
          nextAt: 0,
          error: null,
        }),
      ),
    );
    await this.sql.run(this.backlogSql.unpack, [JSON.stringify(outboxRows(effects)), owner]);
  }

  async stats(now: number): Promise<OutboxStats> {
    const [row] = await this.sql.run<StatsRow>(
      `SELECT coalesce(sum(effects) FILTER (WHERE status = 'pending'), 0) AS pending, count(*) FILTER (WHERE status = 'dead') AS dead,
        min(created_at) FILTER (WHERE status = 'pending') AS oldest FROM (
          SELECT status, created_at, 1 AS effects FROM ${this.tables.outbox}
          UNION ALL SELECT 'pending', created_at, effect_count FROM ${this.tables.bundle}) o`,
    );
    return statsOf(row, now);
  }

  /**
   * Receipts of a claim that somebody else has taken over do not match any more. Rows are locked in order of id. `ANY` finds
   * them by their ids also when the planner takes the outbox for empty: see the claim.
   */
  private async onClaimed(
    statement: string,
    receipts: readonly EffectReceipt[],
    more: unknown[] = [],
  ): Promise<void> {
    if (receipts.length === 0) return;
    await this.sql.run(
      `WITH receipt AS (SELECT * FROM unnest($1::bigint[], $2::int[]) AS r (id, claim_no)),
       mine AS MATERIALIZED (
         SELECT o.id, o.root_id, o.lane, o.version, o.ordinal, o.kind, o.priority
         FROM ${this.tables.outbox} o JOIN receipt r ON r.id = o.id AND r.claim_no = o.claim_no
         WHERE o.id = ANY ($1::bigint[]) AND o.status = 'pending' ORDER BY o.id FOR UPDATE OF o)
       ${statement} mine WHERE o.id = mine.id AND o.id = ANY ($1::bigint[])`,
      [receipts.map(({ id }) => id), receipts.map(({ claimNo }) => claimNo), ...more],
    );
  }
}

/** Roots and versions, in one order for everybody. */
function columnsOf(bundles: readonly BundleReceipt[]): [string[], number[]] {
  const sorted = [...bundles].sort((a, b) => (a.rootId < b.rootId ? -1 : 1));
  return [sorted.map(({ rootId }) => rootId), sorted.map(({ version }) => version)];
}

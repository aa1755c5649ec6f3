import type { DataSource } from 'typeorm';
import type { Effect } from '../../../domain/effect.js';
import { EffectOutbox, type ClaimedEffect, type EffectReceipt } from '../../../ports/effect-outbox.port.js';
import { SqlConnection } from '../sql-connection.js';
import { legFromRow, type LegRow } from '../tree-mapper.js';

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

/**
 * A head is the first pending row of its lane; only heads are claimed, so two processes can never hold parts of one
 * lane. What follows it in the lane comes along.
 */
const CLAIM = `
WITH head AS MATERIALIZED (
  SELECT o.id, o.lane FROM groupcall_outbox o
  WHERE o.status = 'pending' AND o.next_at <= $1::bigint AND o.claim_until <= $1::bigint
    AND NOT EXISTS (
      SELECT 1 FROM groupcall_outbox p
      WHERE p.status = 'pending' AND p.lane = o.lane AND (p.version, p.ordinal) < (o.version, o.ordinal))
  ORDER BY o.priority, o.next_at, o.id LIMIT $2::int FOR UPDATE OF o SKIP LOCKED
), taken AS (
  UPDATE groupcall_outbox o SET claimed_by = $3, claim_until = $1::bigint + $4::bigint,
    claim_no = o.claim_no + 1, attempts = o.attempts + 1
  FROM head h WHERE o.lane = h.lane AND o.status = 'pending'
  RETURNING o.*
)
SELECT t.id, t.root_id, t.customer_id, t.payload, t.attempts, t.claim_no, t.created_at,
  CASE WHEN t.leg_id IS NULL THEN NULL ELSE (SELECT row_to_json(l) FROM groupcall_leg l WHERE l.id = t.leg_id) END AS leg
FROM taken t ORDER BY t.lane, t.version, t.ordinal`;

/** Effects on PostgreSQL, claimed with SKIP LOCKED. */
export class PostgresEffectOutbox extends EffectOutbox {
  private readonly sql: SqlConnection;

  constructor(dataSource: DataSource) {
    super();
    this.sql = new SqlConnection(dataSource);
  }

  async claim(request: {
    owner: string;
    now: number;
    leaseMs: number;
    limit: number;
  }): Promise<ClaimedEffect[]> {
    const { owner, now, leaseMs, limit } = request;
    const rows = await this.sql.run<ClaimedRow>(CLAIM, [now, limit, owner, leaseMs]);
    return rows.map((row) => ({
      id: row.id,
      rootId: row.root_id,
      customerId: row.customer_id,
      effect: row.payload,
      attempts: row.attempts,
      claimNo: row.claim_no,
      createdAt: Number(row.created_at),
      leg: row.leg && legFromRow(row.leg),
    }));
  }

  async acknowledge(receipts: readonly EffectReceipt[]): Promise<void> {
    await this.onClaimed('DELETE FROM groupcall_outbox o USING', receipts);
  }

  async postpone(receipts: readonly EffectReceipt[], at: number, error: string): Promise<void> {
    await this.onClaimed(
      'UPDATE groupcall_outbox o SET next_at = $3::bigint, claim_until = 0, claimed_by = NULL, last_error = $4 FROM',
      receipts,
      [at, error.slice(0, 1000)],
    );
  }

  async bury(receipts: readonly EffectReceipt[], error: string): Promise<void> {
    await this.onClaimed(
      `UPDATE groupcall_outbox o SET status = 'dead', claimed_by = NULL, last_error = $3 FROM`,
      receipts,
      [error.slice(0, 1000)],
    );
  }

  async stats(now: number): Promise<{ pending: number; dead: number; oldestAge: number }> {
    const [row] = await this.sql.run<{ pending: string; dead: string; oldest: string | null }>(
      `SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'dead') AS dead,
        min(created_at) FILTER (WHERE status = 'pending') AS oldest FROM groupcall_outbox`,
    );
    return {
      pending: Number(row.pending),
      dead: Number(row.dead),
      oldestAge: row.oldest === null ? 0 : Math.max(0, now - Number(row.oldest)),
    };
  }

  /** Receipts of a claim that somebody else has taken over do not match any more. Rows are locked in order of id. */
  private async onClaimed(
    statement: string,
    receipts: readonly EffectReceipt[],
    more: unknown[] = [],
  ): Promise<void> {
    if (receipts.length === 0) return;
    await this.sql.run(
      `WITH receipt AS (SELECT * FROM unnest($1::bigint[], $2::int[]) AS r (id, claim_no)),
       mine AS MATERIALIZED (
         SELECT o.id FROM groupcall_outbox o JOIN receipt r ON r.id = o.id AND r.claim_no = o.claim_no
         ORDER BY o.id FOR UPDATE OF o)
       ${statement} mine WHERE o.id = mine.id`,
      [receipts.map(({ id }) => id), receipts.map(({ claimNo }) => claimNo), ...more],
    );
  }
}

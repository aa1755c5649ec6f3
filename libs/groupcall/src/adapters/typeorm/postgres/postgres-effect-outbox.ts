import type { DataSource } from 'typeorm';
import type { Effect } from '../../../domain/effect.js';
import { EffectOutbox, type ClaimedEffect, type EffectReceipt } from '../../../ports/effect-outbox.port.js';
import { SqlConnection } from '../sql-connection.js';
import { legFromRow, type LegRow } from '../tree-mapper.js';
import { CLAIM_STATEMENT } from './claim-statement.js';

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

/** Effects on PostgreSQL, claimed with SKIP LOCKED. */
export class PostgresEffectOutbox extends EffectOutbox {
  private readonly sql: SqlConnection;

  constructor(dataSource: DataSource, deadline?: number) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
  }

  async claim(request: {
    owner: string;
    now: number;
    leaseMs: number;
    limit: number;
  }): Promise<ClaimedEffect[]> {
    const { owner, now, leaseMs, limit } = request;
    const rows = await this.sql.run<ClaimedRow>(CLAIM_STATEMENT, [now, limit, owner, leaseMs]);
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
      // The claim is given back: what it may still say counts no more.
      `UPDATE groupcall_outbox o SET next_at = $3::bigint, claim_until = 0, claimed_by = NULL, last_error = $4,
        claim_no = o.claim_no + 1 FROM`,
      receipts,
      [at, shortened(error)],
    );
  }

  async bury(receipts: readonly EffectReceipt[], error: string): Promise<void> {
    await this.onClaimed(
      `UPDATE groupcall_outbox o SET status = 'dead', claimed_by = NULL, last_error = $3 FROM`,
      receipts,
      [shortened(error)],
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
         WHERE o.status = 'pending' ORDER BY o.id FOR UPDATE OF o)
       ${statement} mine WHERE o.id = mine.id`,
      [receipts.map(({ id }) => id), receipts.map(({ claimNo }) => claimNo), ...more],
    );
  }
}

/** As much of it as an operator needs; PostgreSQL stores no NUL. */
function shortened(error: string): string {
  return error.slice(0, 1_000).replaceAll('\0', '');
}

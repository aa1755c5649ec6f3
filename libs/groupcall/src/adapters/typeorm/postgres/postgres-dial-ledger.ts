import type { DataSource } from 'typeorm';
import { DialLedger, type DialAttempt, type DialWindow } from '../../../ports/dial-ledger.port.js';
import { SqlConnection } from './sql-connection.js';
import type { TableNames } from '../tables.js';

/** Those still in the window, this leg apart: $3 leg, $4 now, $5 length of the window. */
const OTHERS = `jsonb_array_elements(r.recent) AS e WHERE e->>0 <> $3::text AND (e->>1)::bigint > $4::bigint - $5::bigint`;

/** What was dialled a moment ago, one row per customer and number. The row's lock makes two processes take turns. */
export class PostgresDialLedger extends DialLedger {
  private readonly sql: SqlConnection;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
  }

  override async take(
    { customerId, legId, number }: DialAttempt,
    { length, most }: DialWindow,
    now: number,
  ): Promise<number> {
    const key = [customerId, number ?? '', legId, now, length];
    const taken = await this.sql.run(
      `INSERT INTO ${this.tables.dial} AS r (customer_id, number, recent, dialled_at)
       VALUES ($1, $2, jsonb_build_array(jsonb_build_array($3::text, $4::bigint)), $4::bigint)
       ON CONFLICT (customer_id, number) DO UPDATE SET
         recent = (SELECT coalesce(jsonb_agg(e), '[]') FROM ${OTHERS}) || excluded.recent,
         dialled_at = greatest(r.dialled_at, excluded.dialled_at)
       WHERE (SELECT count(*) FROM ${OTHERS}) < $6::int
       RETURNING 1`,
      [...key, most],
    );
    if (taken.length > 0) return 0;
    const [row] = await this.sql.run<{ leaves: string | null }>(
      `SELECT (SELECT (e->>1)::bigint FROM ${OTHERS} ORDER BY (e->>1)::bigint DESC OFFSET $6::int - 1 LIMIT 1) AS leaves
       FROM ${this.tables.dial} r WHERE r.customer_id = $1 AND r.number = $2`,
      [...key, most],
    );
    return Math.max(1, Number(row?.leaves ?? now) + length - now);
  }

  override async forget(before: number, limit: number): Promise<number> {
    const rows = await this.sql.run(
      `DELETE FROM ${this.tables.dial} WHERE (customer_id, number) IN (
         SELECT customer_id, number FROM ${this.tables.dial} WHERE dialled_at < $1::bigint
         LIMIT $2::int FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [before, limit],
    );
    return rows.length;
  }
}

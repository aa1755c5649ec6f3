import type { TreeTurn } from '../../../ports/groupcall-store.port.js';
import { KnownCustomers } from '../known-customers.js';
import type { SqlConnection } from './sql-connection.js';
import type { TableNames } from '../tables.js';

/** The row that counts for a customer: there before its first leg is counted, and the home of its rate. */
export class CustomerRows {
  private readonly known = new KnownCustomers();

  constructor(
    private readonly sql: SqlConnection,
    private readonly tables: TableNames,
  ) {}

  /** Without a row two first commits at once would both see nothing counted yet. */
  async ensure(turns: readonly TreeTurn[]): Promise<void> {
    const ofNewTrees = turns.filter(({ before }) => before.version === 0);
    const missing = this.known.missing(ofNewTrees.map(({ after }) => after.customerId));
    if (missing.length === 0) return;
    await this.sql.run(
      `INSERT INTO ${this.tables.customer} (customer_id) SELECT unnest($1::uuid[]) ORDER BY 1
       ON CONFLICT (customer_id) DO NOTHING`,
      [missing],
    );
    this.known.add(missing);
  }

  /** A bucket of `perSecond` tokens that refills as time passes. @returns ms to wait, 0 = one was taken */
  async admit(customerId: string, perSecond: number, now: number): Promise<number> {
    if (perSecond <= 0) return 0;
    const full = 'least($2::float8, coalesce(c.rate_tokens, $2) + greatest(0, $3 - c.rate_at) * $2 / 1000.0)';
    const taken = await this.sql.run(
      `INSERT INTO ${this.tables.customer} AS c (customer_id, rate_tokens, rate_at) VALUES ($1, $2::float8 - 1, $3::bigint)
       ON CONFLICT (customer_id) DO UPDATE SET rate_tokens = ${full} - 1, rate_at = greatest(c.rate_at, $3)
       WHERE ${full} >= 1 RETURNING 1`,
      [customerId, perSecond, now],
    );
    this.known.add([customerId]);
    if (taken.length > 0) return 0;
    const [row] = await this.sql.run<{ tokens: number }>(
      `SELECT ${full} AS tokens FROM ${this.tables.customer} c WHERE customer_id = $1`,
      [customerId, perSecond, now],
    );
    return Math.max(1, Math.ceil(((1 - (row?.tokens ?? 0)) * 1000) / perSecond));
  }
}

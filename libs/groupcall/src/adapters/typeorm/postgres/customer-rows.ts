import type { TreeTurn } from '../../../ports/groupcall-store.port.js';
import type { SqlConnection } from '../sql-connection.js';
import type { TableNames } from '../tables.js';

const MOST_KNOWN = 10_000;

/** The row that counts for a customer: there before its first leg is counted, and the home of its rate. */
export class CustomerRows {
  private readonly known = new Set<string>();

  constructor(
    private readonly sql: SqlConnection,
    private readonly tables: TableNames,
  ) {}

  /** Without a row two first commits at once would both see nothing counted yet. */
  async ensure(turns: readonly TreeTurn[]): Promise<void> {
    const missing = new Set<string>();
    for (const { before, after } of turns) {
      if (before.version === 0 && !this.known.has(after.customerId)) missing.add(after.customerId);
    }
    if (missing.size === 0) return;
    await this.sql.run(
      `INSERT INTO ${this.tables.customer} (customer_id) SELECT unnest($1::uuid[]) ORDER BY 1
       ON CONFLICT (customer_id) DO NOTHING`,
      [[...missing]],
    );
    if (this.known.size > MOST_KNOWN) this.known.clear();
    for (const id of missing) this.known.add(id);
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
    this.known.add(customerId);
    if (taken.length > 0) return 0;
    const [row] = await this.sql.run<{ tokens: number }>(
      `SELECT ${full} AS tokens FROM ${this.tables.customer} c WHERE customer_id = $1`,
      [customerId, perSecond, now],
    );
    return Math.max(1, Math.ceil(((1 - (row?.tokens ?? 0)) * 1000) / perSecond));
  }
}

import { liveLegsOf } from '../../../domain/tree-state.js';
import type { TreeTurn } from '../../../ports/groupcall-store.port.js';
import { takeOne } from '../../rate-bucket.js';
import { KnownCustomers } from '../known-customers.js';
import type { TableNames } from '../tables.js';
import type { MysqlConnections, Sql } from './mysql-connections.js';
import { joinedByKey, rowsParameter, rowsTable } from './statements.js';

const ensureStatement = (tables: TableNames) =>
  `INSERT IGNORE INTO ${tables.customer} (customer_id) SELECT n.customer_id FROM ${rowsTable(['customer_id'])}`;
const lockStatement = (tables: TableNames) => `SELECT t.customer_id, t.live_legs
  FROM ${joinedByKey(['customer_id'], tables.customer, 't.customer_id = n.customer_id')} FOR UPDATE`;
const countStatement = (tables: TableNames) => `INSERT INTO ${tables.customer} (customer_id, live_legs)
  SELECT n.customer_id, n.delta FROM ${rowsTable(['customer_id', 'delta'])}
  ON DUPLICATE KEY UPDATE live_legs = ${tables.customer}.live_legs + n.delta`;

/** The row that counts for a customer: there before its first leg is counted, and the home of its rate. */
export class CustomerRows {
  private readonly known = new KnownCustomers();

  constructor(
    private readonly connections: MysqlConnections,
    private readonly tables: TableNames,
  ) {}

  /** Without a row there is nothing to lock: two first commits at once would both see nothing counted yet. */
  async ensure(customerIds: readonly string[]): Promise<void> {
    const missing = this.known.missing(customerIds);
    if (missing.length === 0) return;
    const rows = rowsParameter(missing.map((customer_id) => ({ customer_id })));
    await this.connections.transaction((sql) => sql.change(ensureStatement(this.tables), [rows]));
    this.known.add(missing);
  }

  /**
   * Counts the turns' legs, under the lock of their customers.
   * @returns the turns that fit under the limit (0 = none), in their order; those that add no leg always do
   */
  async count(sql: Sql, turns: readonly TreeTurn[], limit: number): Promise<TreeTurn[]> {
    const deltas = new Map(turns.map((turn) => [turn, liveLegsOf(turn.after) - liveLegsOf(turn.before)]));
    const changed = turns.filter((turn) => deltas.get(turn) !== 0).map((turn) => turn.after.customerId);
    if (changed.length === 0) return [...turns];
    const customers = [...new Set(changed)].sort().map((customer_id) => ({ customer_id }));
    const rows = await sql<{ customer_id: string; live_legs: number }>(lockStatement(this.tables), [
      rowsParameter(customers),
    ]);
    const stored = new Map(rows.map((row) => [row.customer_id, row.live_legs]));
    const live = new Map(stored);
    const fits = new Set<TreeTurn>();
    // Whoever lets go makes room for the others of the same group.
    const shrinkFirst = [...deltas].sort(([, a], [, b]) => Number(a > 0) - Number(b > 0));
    for (const [turn, delta] of shrinkFirst) {
      const { customerId } = turn.after;
      if (delta > 0 && limit > 0 && (live.get(customerId) ?? 0) + delta > limit) continue;
      fits.add(turn);
      live.set(customerId, (live.get(customerId) ?? 0) + delta);
    }
    const counted = customers
      .map(({ customer_id: id }) => ({ customer_id: id, delta: (live.get(id) ?? 0) - (stored.get(id) ?? 0) }))
      .filter(({ delta }) => delta !== 0);
    if (counted.length > 0) await sql.change(countStatement(this.tables), [rowsParameter(counted)]);
    return turns.filter((turn) => fits.has(turn));
  }

  /** @returns ms to wait, 0 = one was taken */
  async admit(customerId: string, perSecond: number, now: number): Promise<number> {
    if (perSecond <= 0) return 0;
    await this.ensure([customerId]);
    return this.connections.transaction(async (sql) => {
      const [row] = await sql<{ rate_tokens: number | null; rate_at: string }>(
        `SELECT rate_tokens, rate_at FROM ${this.tables.customer} WHERE customer_id = ? FOR UPDATE`,
        [customerId],
      );
      const tokens = row?.rate_tokens ?? null;
      const bucket = tokens === null ? null : { tokens, at: Number(row.rate_at) };
      const result = takeOne(bucket, perSecond, now);
      if ('wait' in result) return result.wait;
      await sql.change(
        `INSERT INTO ${this.tables.customer} (customer_id, rate_tokens, rate_at) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE rate_tokens = VALUES(rate_tokens), rate_at = VALUES(rate_at)`,
        [customerId, result.taken.tokens, result.taken.at],
      );
      return 0;
    });
  }
}

import type { DataSource } from 'typeorm';
import { GroupcallArchive, type ArchivedTree } from '../../../ports/groupcall-archive.port.js';
import { SqlConnection } from './sql-connection.js';
import type { TableNames } from '../tables.js';

type Row = Record<string, unknown>;

/** Old trees of PostgreSQL on their way out, a bounded number per statement. */
export class PostgresGroupcallArchive extends GroupcallArchive {
  private readonly sql: SqlConnection;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
  }

  async endedBefore(before: number, limit: number): Promise<string[]> {
    const { tree, groupcall } = this.tables;
    const rows = await this.sql.run<{ root_id: string }>(
      `SELECT t.root_id FROM ${tree} t WHERE NOT t.live AND t.tm_create < $1::bigint
         AND NOT EXISTS (SELECT 1 FROM ${groupcall} g WHERE g.root_id = t.root_id AND g.tm_update >= $1::bigint)
       ORDER BY t.tm_create LIMIT $2`,
      [before, limit],
    );
    return rows.map((row) => row.root_id);
  }

  async read(rootIds: readonly string[]): Promise<ArchivedTree[]> {
    const { tree, groupcall, leg } = this.tables;
    const rows = await this.sql.run<{ tree: Row; groupcalls: Row[]; legs: Row[] }>(
      `SELECT row_to_json(t) AS tree,
         (SELECT coalesce(json_agg(g ORDER BY g.ordinal), '[]') FROM ${groupcall} g WHERE g.root_id = t.root_id) AS groupcalls,
         (SELECT coalesce(json_agg(l ORDER BY l.ordinal), '[]') FROM ${leg} l WHERE l.root_id = t.root_id) AS legs
       FROM ${tree} t WHERE t.root_id = ANY($1::uuid[]) ORDER BY t.root_id`,
      [rootIds],
    );
    return rows.map((row) => ({
      rootId: String(row.tree.root_id),
      customerId: String(row.tree.customer_id),
      ...row,
    }));
  }

  async remove(rootIds: readonly string[]): Promise<number> {
    const { tree, spec, members, outbox, bundle } = this.tables;
    const [{ removed }] = await this.sql.run<{ removed: number }>(
      `WITH busy AS MATERIALIZED (
         SELECT DISTINCT root_id FROM ${outbox} WHERE status = 'pending' AND root_id = ANY($1::uuid[])
         UNION SELECT root_id FROM ${bundle} WHERE root_id = ANY($1::uuid[])
       ), locked AS MATERIALIZED (
         SELECT root_id FROM ${tree} WHERE root_id = ANY($1::uuid[]) AND NOT live
           AND root_id NOT IN (SELECT root_id FROM busy) ORDER BY root_id FOR UPDATE
       ), gone AS (
         DELETE FROM ${tree} WHERE root_id IN (SELECT root_id FROM locked) RETURNING root_id
       ), members AS (
         DELETE FROM ${members} WHERE root_id IN (SELECT root_id FROM locked)
       ), specs AS (
         DELETE FROM ${spec} WHERE root_id IN (SELECT root_id FROM locked)
       ), dead AS (
         DELETE FROM ${outbox} WHERE status <> 'pending' AND root_id IN (SELECT root_id FROM locked)
       )
       SELECT count(*)::int AS removed FROM gone`,
      [rootIds],
    );
    return removed;
  }
}

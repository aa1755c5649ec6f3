import type { DataSource } from 'typeorm';
import { GroupcallArchive, type ArchivedTree } from '../../../ports/groupcall-archive.port.js';
import type { TableNames } from '../tables.js';
import { MysqlConnections, type Sql } from './mysql-connections.js';
import { fromStored } from './stored-rows.js';

type Row = Record<string, unknown>;

/** Old trees of MariaDB and MySQL on their way out, a bounded number per transaction. */
export class MysqlGroupcallArchive extends GroupcallArchive {
  private readonly connections: MysqlConnections;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.connections = new MysqlConnections(dataSource, deadline);
  }

  async endedBefore(before: number, limit: number): Promise<string[]> {
    const { tree, groupcall } = this.tables;
    const rows = await this.connections.read<{ root_id: string }>(
      `SELECT t.root_id FROM ${tree} t WHERE t.live = 0 AND t.tm_create < ?
         AND NOT EXISTS (SELECT 1 FROM ${groupcall} g WHERE g.root_id = t.root_id AND g.tm_update >= ?)
       ORDER BY t.tm_create LIMIT ${Math.trunc(limit)}`,
      [before, before],
    );
    return rows.map((row) => row.root_id);
  }

  async read(rootIds: readonly string[]): Promise<ArchivedTree[]> {
    if (rootIds.length === 0) return [];
    const { tree, groupcall, leg } = this.tables;
    return this.connections.transaction(async (sql) => {
      const all = (table: string, order: string) =>
        sql<Row>(`SELECT * FROM ${table} WHERE root_id IN (${marks(rootIds)}) ORDER BY ${order}`, [
          ...rootIds,
        ]);
      const [trees, groupcalls, legs] = [
        await all(tree, 'root_id'),
        await all(groupcall, 'ordinal'),
        await all(leg, 'ordinal'),
      ];
      const of = (rows: Row[], rootId: unknown) =>
        rows.filter((row) => row.root_id === rootId).map((row) => fromStored(row) as unknown as Row);
      return trees.map((row) => ({
        rootId: String(row.root_id),
        customerId: String(row.customer_id),
        tree: row,
        groupcalls: of(groupcalls, row.root_id),
        legs: of(legs, row.root_id),
      }));
    }, 'snapshot');
  }

  async remove(rootIds: readonly string[]): Promise<number> {
    if (rootIds.length === 0) return 0;
    return this.connections.transaction((sql) => this.removeIn(sql, [...rootIds].sort()));
  }

  private async removeIn(sql: Sql, rootIds: string[]): Promise<number> {
    const { tree, groupcall, leg, outbox } = this.tables;
    const ended = await sql<{ root_id: string }>(
      `SELECT root_id FROM ${tree} WHERE root_id IN (${marks(rootIds)}) AND live = 0 ORDER BY root_id FOR UPDATE`,
      rootIds,
    );
    const busy = new Set(
      (
        await sql<{ root_id: string }>(
          `SELECT DISTINCT root_id FROM ${outbox} WHERE status = 'pending' AND root_id IN (${marks(rootIds)})`,
          rootIds,
        )
      ).map((row) => row.root_id),
    );
    const gone = ended.map((row) => row.root_id).filter((rootId) => !busy.has(rootId));
    if (gone.length === 0) return 0;
    for (const table of [leg, groupcall, outbox])
      await sql.change(`DELETE FROM ${table} WHERE root_id IN (${marks(gone)})`, gone);
    return sql.change(`DELETE FROM ${tree} WHERE root_id IN (${marks(gone)})`, gone);
  }
}

function marks(list: readonly unknown[]): string {
  return list.map(() => '?').join(', ');
}

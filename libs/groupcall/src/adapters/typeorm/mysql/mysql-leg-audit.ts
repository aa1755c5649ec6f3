import type { DataSource } from 'typeorm';
import { LegAudit, type AuditedLeg } from '../../../ports/leg-audit.port.js';
import type { TableNames } from '../tables.js';
import { legFromRow } from '../tree-mapper.js';
import { MysqlConnections } from './mysql-connections.js';
import { joinedByKey, rowsParameter } from './statements.js';
import { fromStored } from './stored-rows.js';

const findStatement = (tables: TableNames) =>
  `SELECT t.* FROM ${joinedByKey(['id'], tables.leg, 't.id = n.id')}`;

/** The reconciler's reads on MariaDB and MySQL. Living legs are found through the living trees, which have an index. */
export class MysqlLegAudit extends LegAudit {
  private readonly connections: MysqlConnections;

  /** @param deadline ms after which a statement counts as lost and its connection is destroyed */
  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.connections = new MysqlConnections(dataSource, deadline);
  }

  async find(callIds: readonly string[]): Promise<AuditedLeg[]> {
    if (callIds.length === 0) return [];
    return this.legs(findStatement(this.tables), [rowsParameter(callIds.map((id) => ({ id })))]);
  }

  async placed(placedBefore: number, after: string, limit: number): Promise<AuditedLeg[]> {
    return this.legs(
      `SELECT l.* FROM ${this.tables.tree} t FORCE INDEX (groupcall_tree_live)
       STRAIGHT_JOIN ${this.tables.leg} l FORCE INDEX (groupcall_leg_root) ON l.root_id = t.root_id
       WHERE t.live = 1 AND l.status <> 'hangup' AND l.id > ?
         AND (l.tm_dial <= CAST(? AS SIGNED) OR (l.status = 'hangingup' AND l.tm_create <= CAST(? AS SIGNED)))
       ORDER BY l.id LIMIT ${Math.trunc(limit)}`,
      [after, placedBefore, placedBefore],
    );
  }

  private async legs(text: string, values: unknown[]): Promise<AuditedLeg[]> {
    const rows = await this.connections.read<Record<string, unknown>>(text, values);
    return rows.map((row) => ({ rootId: String(row.root_id), leg: legFromRow(fromStored(row)) }));
  }
}

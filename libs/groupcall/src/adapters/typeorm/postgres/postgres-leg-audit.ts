import type { DataSource } from 'typeorm';
import { LegAudit, type AuditedLeg } from '../../../ports/leg-audit.port.js';
import { SqlConnection } from '../sql-connection.js';
import type { TableNames } from '../tables.js';
import { legFromRow, type LegRow } from '../tree-mapper.js';

/** The reconciler's reads on PostgreSQL. Living legs are found through the living trees, which have an index. */
export class PostgresLegAudit extends LegAudit {
  private readonly sql: SqlConnection;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
  }

  async find(callIds: readonly string[]): Promise<AuditedLeg[]> {
    return this.legs(
      `SELECT row_to_json(l) AS leg, l.root_id AS "rootId" FROM ${this.tables.leg} l WHERE l.id = ANY($1::uuid[])`,
      [callIds],
    );
  }

  async placed(placedBefore: number, after: string, limit: number): Promise<AuditedLeg[]> {
    return this.legs(
      `SELECT row_to_json(l) AS leg, l.root_id AS "rootId"
       FROM ${this.tables.tree} t JOIN ${this.tables.leg} l ON l.root_id = t.root_id
       WHERE t.live AND l.status <> 'hangup' AND l.id > $2
         AND (l.tm_dial <= $1::bigint OR (l.status = 'hangingup' AND l.tm_create <= $1::bigint))
       ORDER BY l.id LIMIT $3`,
      [placedBefore, after, limit],
    );
  }

  private async legs(text: string, values: unknown[]): Promise<AuditedLeg[]> {
    const rows = await this.sql.run<{ leg: LegRow; rootId: string }>(text, values);
    return rows.map((row) => ({ rootId: row.rootId, leg: legFromRow(row.leg) }));
  }
}

import { NIL_UUID } from '@groupcall/shared';
import type { DataSource } from 'typeorm';
import { LegAudit, type AuditedLeg, type LegPlace } from '../../../ports/leg-audit.port.js';
import { SqlConnection } from './sql-connection.js';
import type { TableNames } from '../tables.js';

const COLUMNS = 'l.id, l.root_id AS "rootId", l.status, l.hangup_reason AS "hangupReason"';

/**
 * The index of living trees gives the order, and the limit inside keeps it: the planner could else join all living trees
 * with their legs and sort them, once for each page.
 */
export const placedStatement = (tables: TableNames): string =>
  `SELECT ${COLUMNS}
   FROM ${tables.tree} t CROSS JOIN LATERAL (
     SELECT * FROM ${tables.leg} l
     WHERE l.root_id = t.root_id AND l.status <> 'hangup'
       AND coalesce(l.tm_dial, CASE l.status WHEN 'hangingup' THEN l.tm_create END) <= $1::bigint
       AND (t.root_id > $2::uuid OR l.id > $3::uuid)
     ORDER BY l.id LIMIT $4
   ) l
   WHERE t.live AND t.root_id >= $2::uuid
   ORDER BY t.root_id, l.id LIMIT $4`;

/** The reconciler's reads on PostgreSQL. */
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

  find(callIds: readonly string[]): Promise<AuditedLeg[]> {
    return this.sql.run(`SELECT ${COLUMNS} FROM ${this.tables.leg} l WHERE l.id = ANY($1::uuid[])`, [
      callIds,
    ]);
  }

  placed(placedBefore: number, after: LegPlace | null, limit: number): Promise<AuditedLeg[]> {
    const { rootId, id } = after ?? { rootId: NIL_UUID, id: NIL_UUID };
    return this.sql.run(placedStatement(this.tables), [placedBefore, rootId, id, limit]);
  }
}

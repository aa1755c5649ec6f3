import { NIL_UUID } from '@groupcall/shared';
import type { DataSource } from 'typeorm';
import { baseOf } from '../../../domain/member-id.js';
import { LegAudit, type AuditedLeg, type LegPlace } from '../../../ports/leg-audit.port.js';
import type { TableNames } from '../tables.js';
import type { LegMoves } from './member-entries.js';
import { entriesOf, legMoves } from './members.js';
import { SqlConnection } from './sql-connection.js';
import { blocksOf, placeOf, textsOf, type HotRow } from './tree-rows.js';

/** Living trees that are read at a time. */
const MOST_TREES = 100;

type AuditedTree = Pick<HotRow, 'root_id' | 'member_base' | 'members' | 'tm_create'> & {
  readonly blocks: string[] | null;
};

const audited = (tables: TableNames) =>
  `SELECT t.root_id, t.member_base, t.tm_create, t.members, ${blocksOf(tables, 't.root_id')} AS blocks FROM ${tables.tree} t`;

/** A page of living trees from $1 on, at most $2: the index of living trees gives the order. */
export const livingTreesStatement = (tables: TableNames): string =>
  `${audited(tables)} WHERE t.live AND t.root_id >= $1::uuid ORDER BY t.root_id LIMIT $2`;

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

  async find(callIds: readonly string[]): Promise<AuditedLeg[]> {
    const wanted = new Set(callIds);
    const bases = [...new Set(callIds.map(baseOf))];
    const trees = await this.sql.run<AuditedTree>(
      `${audited(this.tables)} WHERE t.root_id = ANY ($1::uuid[]) AND t.member_base IS NULL
       UNION ALL ${audited(this.tables)} WHERE t.member_base = ANY ($1::uuid[])`,
      [bases],
    );
    return trees.flatMap((tree) =>
      legsOf(tree).flatMap((leg) => (wanted.has(leg.id) ? auditedLeg(tree, leg) : [])),
    );
  }

  async placed(placedBefore: number, after: LegPlace | null, limit: number): Promise<AuditedLeg[]> {
    const placed: AuditedLeg[] = [];
    let from = after ?? { rootId: NIL_UUID, id: NIL_UUID };
    for (;;) {
      const trees = await this.sql.run<AuditedTree>(livingTreesStatement(this.tables), [
        from.rootId,
        MOST_TREES,
      ]);
      for (const tree of trees) {
        for (const leg of legsOf(tree)) {
          if (tree.root_id === from.rootId && leg.id <= from.id) continue;
          if (isPlaced(leg, placedBefore)) placed.push(auditedLeg(tree, leg));
          if (placed.length === limit) return placed;
        }
      }
      const last = trees.at(-1);
      if (!last || trees.length < MOST_TREES) return placed;
      from = { rootId: last.root_id, id: LAST_UUID };
    }
  }
}

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function legsOf(tree: AuditedTree): LegMoves[] {
  return legMoves(entriesOf(textsOf(tree.members, tree.blocks)), placeOf(tree));
}

function isPlaced({ status, tmDial, tmCreate }: LegMoves, placedBefore: number): boolean {
  if (status === 'hangup') return false;
  const since = tmDial ?? (status === 'hangingup' ? tmCreate : Infinity);
  return since <= placedBefore;
}

function auditedLeg({ root_id: rootId }: AuditedTree, { id, status, hangupReason }: LegMoves): AuditedLeg {
  return { id, rootId, status, hangupReason };
}

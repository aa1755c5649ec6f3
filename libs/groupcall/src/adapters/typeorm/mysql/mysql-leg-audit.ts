import { NIL_UUID } from '@groupcall/shared';
import type { DataSource } from 'typeorm';
import { LegAudit, type AuditedLeg, type LegPlace } from '../../../ports/leg-audit.port.js';
import type { TableNames } from '../tables.js';
import { MysqlConnections } from './mysql-connections.js';
import { joinedByKey, rowsParameter, rowsTable } from './statements.js';

/** Above all others. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const columnsOf = (leg: string) =>
  `${leg}.id, ${leg}.root_id AS rootId, ${leg}.status, ${leg}.hangup_reason AS hangupReason`;

const findStatement = (tables: TableNames) =>
  `SELECT ${columnsOf('t')} FROM ${joinedByKey(['id'], tables.leg, 't.id = n.id')}`;

const treesStatement = (tables: TableNames, limit: number) =>
  `SELECT root_id AS rootId FROM ${tables.tree} FORCE INDEX (groupcall_tree_live)
   WHERE live = 1 AND root_id >= ? ORDER BY root_id LIMIT ${limit}`;

const legsStatement = (tables: TableNames, limit: number) =>
  `SELECT ${columnsOf('l')}
   FROM ${rowsTable(['root_id'])} STRAIGHT_JOIN ${tables.leg} l FORCE INDEX (groupcall_leg_root) ON l.root_id = n.root_id
   WHERE l.status <> 'hangup' AND (l.root_id > ? OR l.id > ?)
     AND COALESCE(l.tm_dial, CASE l.status WHEN 'hangingup' THEN l.tm_create END) <= CAST(? AS SIGNED)
   ORDER BY l.root_id, l.id LIMIT ${limit}`;

/** The reconciler's reads on MariaDB and MySQL. */
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
    return this.connections.read(findStatement(this.tables), [rowsParameter(callIds.map((id) => ({ id })))]);
  }

  /** A window of trees after the other: a join of all of them would be sorted for each page. */
  async placed(placedBefore: number, after: LegPlace | null, limit: number): Promise<AuditedLeg[]> {
    const most = Math.trunc(limit);
    // The first of a window is the last of the one before.
    const window = most + 1;
    const found: AuditedLeg[] = [];
    let place = after ?? { rootId: NIL_UUID, id: NIL_UUID };
    for (;;) {
      const trees = await this.connections.read<{ rootId: string }>(treesStatement(this.tables, window), [
        place.rootId,
      ]);
      found.push(...(await this.legsOf(trees, place, placedBefore, most - found.length)));
      if (found.length === most || trees.length < window) return found;
      // Behind all legs of the last tree.
      place = { rootId: trees[window - 1].rootId, id: LAST_ID };
    }
  }

  private legsOf(
    trees: readonly { rootId: string }[],
    place: LegPlace,
    placedBefore: number,
    most: number,
  ): Promise<AuditedLeg[]> {
    const roots = rowsParameter(trees.map(({ rootId }) => ({ root_id: rootId })));
    const values = [roots, place.rootId, place.id, placedBefore];
    return this.connections.read(legsStatement(this.tables, most), values);
  }
}

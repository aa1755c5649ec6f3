import type { DataSource } from 'typeorm';
import {
  GroupcallStore,
  type CustomerLimits,
  type LiveRoot,
  type TreeFound,
  type TreeTurn,
  type TreeWanted,
  type TurnOutcome,
} from '../../../ports/groupcall-store.port.js';
import { commitRows } from '../commit-rows.js';
import { oneByOne, type Outcomes } from '../one-by-one.js';
import type { TableNames } from '../tables.js';
import { treeFromRows, type GroupcallRow, type LegRow, type TreeRow } from '../tree-mapper.js';
import { unstorable } from '../unstorable.js';
import { CustomerRows } from './customer-rows.js';
import { MysqlConnections, type Sql } from './mysql-connections.js';
import { blamesData, violatedKey } from './mysql-errors.js';
import { joinedByKey, rowsParameter } from './statements.js';
import { fromStored } from './stored-rows.js';
import { writeRows } from './write-rows.js';

const lockTrees = (tables: TableNames) => `SELECT t.root_id, t.version
  FROM ${joinedByKey(['root_id'], tables.tree, 't.root_id = n.root_id')} FOR UPDATE`;

/**
 * Trees on MariaDB and MySQL: many turns in one short transaction of few multi-row statements (docs/adr/0007). The
 * order of locks is the same in every process: hot rows by root id, then customers by id.
 */
export class MysqlGroupcallStore extends GroupcallStore {
  private readonly connections: MysqlConnections;
  private readonly customers: CustomerRows;

  /** @param deadline ms after which a transaction counts as lost and its connection is destroyed */
  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.connections = new MysqlConnections(dataSource, deadline);
    this.customers = new CustomerRows(this.connections, tables);
  }

  async loadMany(wanted: readonly TreeWanted[]): Promise<TreeFound[]> {
    if (wanted.length === 0) return [];
    // Hot rows, groupcalls and legs of the same versions: all of them as of one moment.
    return this.connections.transaction(async (sql) => {
      const trees = await this.rowsOf<TreeRow>(sql, 'tree', wanted);
      const treeOf = new Map(trees.map((row) => [row.root_id, row]));
      const changed = wanted.filter(({ rootId, knownVersion }) => {
        const version = treeOf.get(rootId)?.version;
        return version !== undefined && version !== knownVersion;
      });
      const groupcalls = partsByRoot(await this.rowsOf(sql, 'groupcall', changed));
      const legs = partsByRoot(await this.rowsOf(sql, 'leg', changed));
      return wanted.map((one) => {
        const { rootId } = one;
        const tree = treeOf.get(rootId);
        if (!tree) return null;
        if (!changed.includes(one)) return 'unchanged';
        return treeFromRows(tree, groupcalls.get(rootId) ?? [], legs.get(rootId) ?? []);
      });
    }, 'snapshot');
  }

  async findRootOfGroupcall(groupcallId: string): Promise<string | null> {
    const [row] = await this.connections.read<{ root_id: string }>(
      `SELECT root_id FROM ${this.tables.groupcall} WHERE id = ?`,
      [groupcallId],
    );
    return row?.root_id ?? null;
  }

  async findRootsOfLegs(legIds: readonly string[]): Promise<(string | null)[]> {
    if (legIds.length === 0) return [];
    const rows = await this.connections.read<{ id: string; root_id: string }>(
      `SELECT t.id, t.root_id FROM ${joinedByKey(['id'], this.tables.leg, 't.id = n.id')}`,
      [rowsParameter(legIds.map((id) => ({ id })))],
    );
    const rootOf = new Map(rows.map((row) => [row.id, row.root_id]));
    return legIds.map((id) => rootOf.get(id) ?? null);
  }

  async findByIdempotencyKey(
    customerId: string,
    key: string,
  ): Promise<{ rootId: string; fingerprint: string } | null> {
    const [row] = await this.connections.read<{ rootId: string; fingerprint: string }>(
      `SELECT root_id AS rootId, request_fingerprint AS fingerprint FROM ${this.tables.tree}
       WHERE customer_id = ? AND idempotency_key = ?`,
      [customerId, key],
    );
    return row ? { rootId: row.rootId, fingerprint: row.fingerprint } : null;
  }

  async commit(turns: readonly TreeTurn[], limits: CustomerLimits): Promise<TurnOutcome[]> {
    if (turns.length === 0) return [];
    const sorted = [...turns].sort((a, b) => (a.before.rootId < b.before.rootId ? -1 : 1));
    await this.customers.ensure(
      sorted.filter(({ before }) => before.version === 0).map(({ after }) => after.customerId),
    );
    const outcomes = await this.commitTogether(sorted, limits);
    return turns.map((turn) => outcomes.get(turn.before.rootId)!);
  }

  admit(customerId: string, limits: CustomerLimits, now: number): Promise<number> {
    return this.customers.admit(customerId, limits.groupcallsPerSecond, now);
  }

  async dueAlarms(now: number, limit: number): Promise<string[]> {
    const rows = await this.connections.read<{ root_id: string }>(
      `SELECT root_id FROM ${this.tables.tree} WHERE next_alarm_at <= CAST(? AS SIGNED)
       ORDER BY next_alarm_at LIMIT ${Math.trunc(limit)}`,
      [now],
    );
    return rows.map((row) => row.root_id);
  }

  liveRootsOfMasterCall(masterCallId: string, after: string, limit: number): Promise<LiveRoot[]> {
    return this.roots('master_call_id = ? AND live = 1', masterCallId, after, limit);
  }

  rootsOfCustomer(
    customerId: string,
    which: 'live' | 'not_deleted',
    after: string,
    limit: number,
  ): Promise<LiveRoot[]> {
    const wanted = which === 'live' ? 'live = 1' : 'deleted = 0';
    return this.roots(`customer_id = ? AND ${wanted}`, customerId, after, limit);
  }

  private async roots(condition: string, value: string, after: string, limit: number): Promise<LiveRoot[]> {
    const rows = await this.connections.read<LiveRoot>(
      `SELECT root_id AS rootId, customer_id AS customerId FROM ${this.tables.tree}
       WHERE ${condition} AND root_id > ? ORDER BY root_id LIMIT ${Math.trunc(limit)}`,
      [value, after],
    );
    return rows.map(({ rootId, customerId }) => ({ rootId, customerId }));
  }

  private async rowsOf<Row = Record<string, unknown>>(
    sql: Sql,
    table: 'tree' | 'groupcall' | 'leg',
    wanted: readonly TreeWanted[],
  ): Promise<Row[]> {
    if (wanted.length === 0) return [];
    const order = table === 'tree' ? '' : 'ORDER BY ordinal';
    const places = wanted.map(() => '?').join(', ');
    return sql<Row>(
      `SELECT * FROM ${this.tables[table]} WHERE root_id IN (${places}) ${order}`,
      wanted.map(({ rootId }) => rootId),
    );
  }

  /** @param turns in the order of their root ids */
  private async commitTogether(turns: readonly TreeTurn[], limits: CustomerLimits): Promise<Outcomes> {
    try {
      return await this.connections.transaction((sql) => this.decideAndWrite(sql, turns, limits));
    } catch (error) {
      // Everything was undone: an id or a key that another process has used a moment ago.
      const key = violatedKey(error);
      if (key === undefined) throw blamesData(error) ? unstorable(error) : error;
      if (turns.length > 1) return oneByOne(turns, (turn) => this.commitTogether([turn], limits));
      const outcome = key === this.tables.index('groupcall_tree_idempotency') ? 'duplicate_key' : 'conflict';
      return new Map([[turns[0].before.rootId, outcome]]);
    }
  }

  private async decideAndWrite(
    sql: Sql,
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
  ): Promise<Outcomes> {
    const versions = await lockedVersions(sql, this.tables, turns);
    const current = turns.filter(
      ({ before }) => before.version === 0 || versions.get(before.rootId) === before.version,
    );
    const accepted = await this.customers.count(sql, current, limits.liveLegs);
    await writeRows(sql, this.tables, commitRows(accepted));
    const outcomeOf = (turn: TreeTurn): TurnOutcome =>
      accepted.includes(turn) ? 'committed' : current.includes(turn) ? 'over_limit' : 'conflict';
    return new Map(turns.map((turn) => [turn.before.rootId, outcomeOf(turn)]));
  }
}

function partsByRoot<Row extends GroupcallRow | LegRow>(rows: Record<string, unknown>[]): Map<string, Row[]> {
  const parts = new Map<string, Row[]>();
  for (const row of rows) {
    const rootId = row.root_id as string;
    const known = parts.get(rootId);
    if (known) known.push(fromStored(row));
    else parts.set(rootId, [fromStored(row)]);
  }
  return parts;
}

/** Waits for whoever is writing these trees, and then sees what they have become. */
async function lockedVersions(
  sql: Sql,
  tables: TableNames,
  turns: readonly TreeTurn[],
): Promise<Map<string, number>> {
  const known = turns.filter(({ before }) => before.version > 0);
  if (known.length === 0) return new Map();
  const rows = await sql<{ root_id: string; version: number }>(lockTrees(tables), [
    rowsParameter(known.map(({ before }) => ({ root_id: before.rootId }))),
  ]);
  return new Map(rows.map((row) => [row.root_id, row.version]));
}

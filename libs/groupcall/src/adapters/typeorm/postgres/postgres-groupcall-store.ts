import type { DataSource } from 'typeorm';
import type { TreeState } from '../../../domain/tree-state.js';
import {
  GroupcallStore,
  type CustomerLimits,
  type LiveRoot,
  type TreeTurn,
  type TurnOutcome,
} from '../../../ports/groupcall-store.port.js';
import { SqlConnection, sqlState } from '../sql-connection.js';
import { treeFromRows, type GroupcallRow, type LegRow, type TreeRow } from '../tree-mapper.js';
import { COMMIT_STATEMENT } from './commit-statement.js';
import { commitRows } from './commit-rows.js';
import { CustomerRows } from './customer-rows.js';

const UNIQUE_VIOLATION = '23505';

/** Trees on PostgreSQL. See docs/adr/0003 for how many of them become durable in one statement. */
export class PostgresGroupcallStore extends GroupcallStore {
  private readonly sql: SqlConnection;
  private readonly customers: CustomerRows;

  constructor(dataSource: DataSource, deadline?: number) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
    this.customers = new CustomerRows(this.sql);
  }

  async load(rootId: string): Promise<TreeState | null> {
    // One statement is one snapshot: hot row, groupcalls and legs of the same version.
    const [row] = await this.sql.run<{ tree: TreeRow | null; groupcalls: GroupcallRow[]; legs: LegRow[] }>(
      `SELECT (SELECT row_to_json(t) FROM groupcall_tree t WHERE t.root_id = $1) AS tree,
        (SELECT coalesce(json_agg(g ORDER BY g.ordinal), '[]') FROM groupcall g WHERE g.root_id = $1) AS groupcalls,
        (SELECT coalesce(json_agg(l ORDER BY l.ordinal), '[]') FROM groupcall_leg l WHERE l.root_id = $1) AS legs`,
      [rootId],
    );
    return row.tree && treeFromRows(row.tree, row.groupcalls, row.legs);
  }

  async versionOf(rootId: string): Promise<number> {
    const [row] = await this.sql.run<{ version: number }>(
      'SELECT version FROM groupcall_tree WHERE root_id = $1',
      [rootId],
    );
    return row?.version ?? 0;
  }

  findRootOfGroupcall(groupcallId: string): Promise<string | null> {
    return this.rootIdFrom('groupcall', groupcallId);
  }

  findRootOfLeg(legId: string): Promise<string | null> {
    return this.rootIdFrom('groupcall_leg', legId);
  }

  async findByIdempotencyKey(
    customerId: string,
    key: string,
  ): Promise<{ rootId: string; fingerprint: string } | null> {
    const [row] = await this.sql.run<{ rootId: string; fingerprint: string }>(
      `SELECT root_id AS "rootId", request_fingerprint AS fingerprint FROM groupcall_tree
       WHERE customer_id = $1 AND idempotency_key = $2`,
      [customerId, key],
    );
    return row ?? null;
  }

  async commit(turns: readonly TreeTurn[], limits: CustomerLimits): Promise<TurnOutcome[]> {
    if (limits.liveLegs > 0) await this.customers.ensure(turns);
    const outcomes = await this.commitTogether(turns, limits);
    return turns.map((turn) => outcomes.get(turn.before.rootId)!);
  }

  admit(customerId: string, limits: CustomerLimits, now: number): Promise<number> {
    return this.customers.admit(customerId, limits.groupcallsPerSecond, now);
  }

  async dueAlarms(now: number, limit: number): Promise<string[]> {
    const rows = await this.sql.run<{ root_id: string }>(
      'SELECT root_id FROM groupcall_tree WHERE next_alarm_at <= $1 ORDER BY next_alarm_at LIMIT $2',
      [now, limit],
    );
    return rows.map((row) => row.root_id);
  }

  liveRootsOfMasterCall(masterCallId: string, after: string, limit: number): Promise<LiveRoot[]> {
    return this.sql.run<LiveRoot>(
      `SELECT root_id AS "rootId", customer_id AS "customerId" FROM groupcall_tree
       WHERE master_call_id = $1 AND live AND root_id > $2 ORDER BY root_id LIMIT $3`,
      [masterCallId, after, limit],
    );
  }

  rootsOfCustomer(
    customerId: string,
    which: 'live' | 'not_deleted',
    after: string,
    limit: number,
  ): Promise<LiveRoot[]> {
    return this.sql.run<LiveRoot>(
      `SELECT root_id AS "rootId", customer_id AS "customerId" FROM groupcall_tree
       WHERE customer_id = $1 AND ${which === 'live' ? 'live' : 'NOT deleted'} AND root_id > $2
       ORDER BY root_id LIMIT $3`,
      [customerId, after, limit],
    );
  }

  private async rootIdFrom(table: 'groupcall' | 'groupcall_leg', id: string): Promise<string | null> {
    const [row] = await this.sql.run<{ root_id: string }>(`SELECT root_id FROM ${table} WHERE id = $1`, [id]);
    return row?.root_id ?? null;
  }

  private async commitTogether(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
  ): Promise<Map<string, TurnOutcome>> {
    const sorted = [...turns].sort((a, b) => (a.before.rootId < b.before.rootId ? -1 : 1));
    const outcomes = new Map<string, TurnOutcome>();
    let rows: { root_id: string; done: boolean; current: boolean }[];
    try {
      const values = commitRows(sorted);
      rows = await this.sql.run(COMMIT_STATEMENT, [
        ...[values.trees, values.newGroupcalls, values.changedGroupcalls].map((part) => JSON.stringify(part)),
        ...[values.newLegs, values.changedLegs, values.effects].map((part) => JSON.stringify(part)),
        limits.liveLegs,
      ]);
    } catch (error) {
      // The whole statement was undone: an id or a key that another process has used a moment ago.
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      if (turns.length > 1) return this.commitOneByOne(turns, limits);
      const { constraint } = error as { constraint?: string };
      const outcome = constraint === 'groupcall_tree_idempotency' ? 'duplicate_key' : 'conflict';
      return new Map([[turns[0].before.rootId, outcome]]);
    }
    const refused = rows.filter((row) => !row.done && row.current).map((row) => row.root_id);
    for (const row of rows)
      outcomes.set(row.root_id, row.done ? 'committed' : row.current ? 'over_limit' : 'conflict');
    if (refused.length > 0 && turns.length > 1) {
      // Together they did not fit; alone some of them may.
      const again = sorted.filter((turn) => refused.includes(turn.before.rootId));
      for (const [rootId, outcome] of await this.commitOneByOne(again, limits)) outcomes.set(rootId, outcome);
    }
    return outcomes;
  }

  /** Rejects at the first unknown outcome; those before it are then unknown to the caller as well. */
  private async commitOneByOne(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
  ): Promise<Map<string, TurnOutcome>> {
    const outcomes = new Map<string, TurnOutcome>();
    for (const turn of turns) {
      const { rootId } = turn.before;
      const [[, outcome]] = await this.commitTogether([turn], limits);
      outcomes.set(rootId, outcome);
    }
    return outcomes;
  }
}

import type { DataSource } from 'typeorm';
import {
  GroupcallStore,
  type CustomerLimits,
  type EffectHold,
  type LiveRoot,
  type TreeFound,
  type TreeTurn,
  type TreeWanted,
  type TurnOutcome,
} from '../../../ports/groupcall-store.port.js';
import { blamesData, SqlConnection, sqlState } from './sql-connection.js';
import type { TableNames } from '../tables.js';
import { partsOf, type CommitParts } from './commit-parts.js';
import { commitParameters, commitStatement } from './commit-statement.js';
import { RUNG_FOR_A_CALL } from './create-tables.js';
import { UnknownWordError } from './member-entries.js';
import { UnstorableValueError } from './binary-array.js';
import { storedRows } from './stored-rows.js';
import { treeFromParts } from './tree-rows.js';
import { baseOf } from '../../../domain/member-id.js';
import { oneByOne, type Outcomes } from '../one-by-one.js';
import { unstorable, withOthersStored } from '../unstorable.js';
import { loadStatement, rootsOfBasesStatement, type LoadedRow } from './load-statement.js';
import { prepared, type Prepared } from './prepared.js';
import { CustomerRows } from './customer-rows.js';

const UNIQUE_VIOLATION = '23505';

/** Trees on PostgreSQL. See docs/adr/0003 for how many of them become durable in one statement. */
export class PostgresGroupcallStore extends GroupcallStore {
  private readonly sql: SqlConnection;
  private readonly customers: CustomerRows;
  /** By their parts. */
  private readonly commitSql = new Map<string, Prepared>();
  private readonly loadSql: Prepared;
  private readonly rootsSql: Prepared;

  constructor(
    dataSource: DataSource,
    private readonly tables: TableNames,
    deadline?: number,
  ) {
    super();
    this.sql = new SqlConnection(dataSource, deadline);
    this.customers = new CustomerRows(this.sql, tables);
    this.loadSql = prepared('load', loadStatement(tables));
    this.rootsSql = prepared('roots', rootsOfBasesStatement(tables));
  }

  async loadMany(wanted: readonly TreeWanted[]): Promise<TreeFound[]> {
    if (wanted.length === 0) return [];
    const parameters = [wanted.map(({ rootId }) => rootId), wanted.map(({ knownVersion }) => knownVersion)];
    const rows = await this.sql.runPrepared<LoadedRow>(this.loadSql, parameters, wanted.length);
    return rows.map((row) => {
      if (!row.is_stored) return null;
      return row.tree ? treeFromParts(row) : 'unchanged';
    });
  }

  async findRootOfGroupcall(groupcallId: string): Promise<string | null> {
    const [row] = await this.sql.run<{ root_id: string }>(
      `SELECT root_id FROM ${this.tables.spec} WHERE id = $1`,
      [groupcallId],
    );
    return row?.root_id ?? null;
  }

  async findRootsOfLegs(legIds: readonly string[]): Promise<(string | null)[]> {
    if (legIds.length === 0) return [];
    const parameters = [legIds.map(baseOf)];
    const rows = await this.sql.runPrepared<{ root_id: string | null }>(
      this.rootsSql,
      parameters,
      legIds.length,
    );
    return rows.map((row) => row.root_id);
  }

  async findByIdempotencyKey(
    customerId: string,
    key: string,
  ): Promise<{ rootId: string; fingerprint: string } | null> {
    const [row] = await this.sql.run<{ rootId: string; fingerprint: string }>(
      `SELECT root_id AS "rootId", request_fingerprint AS fingerprint FROM ${this.tables.tree}
       WHERE customer_id = $1 AND idempotency_key = $2`,
      [customerId, key],
    );
    return row ?? null;
  }

  async commit(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
    hold?: EffectHold,
  ): Promise<TurnOutcome[]> {
    if (turns.length === 0) return [];
    if (limits.liveLegs > 0) await this.customers.ensure(turns);
    const outcomes = await this.commitTogether(turns, limits, hold);
    return turns.map((turn) => outcomes.get(turn.before.rootId)!);
  }

  admit(customerId: string, limits: CustomerLimits, now: number): Promise<number> {
    return this.customers.admit(customerId, limits.groupcallsPerSecond, now);
  }

  async dueAlarms(now: number, limit: number): Promise<string[]> {
    const rows = await this.sql.run<{ root_id: string }>(
      `SELECT root_id FROM ${this.tables.tree} WHERE next_alarm_at <= $1 ORDER BY next_alarm_at LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => row.root_id);
  }

  liveRootsOfMasterCall(masterCallId: string, after: string, limit: number): Promise<LiveRoot[]> {
    return this.sql.run<LiveRoot>(
      `SELECT root_id AS "rootId", customer_id AS "customerId" FROM ${this.tables.tree}
       WHERE master_call_id = $1 AND ${RUNG_FOR_A_CALL} AND live AND root_id > $2 ORDER BY root_id LIMIT $3`,
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
      `SELECT root_id AS "rootId", customer_id AS "customerId" FROM ${this.tables.tree}
       WHERE customer_id = $1 AND ${which === 'live' ? 'live' : 'NOT deleted'} AND root_id > $2
       ORDER BY root_id LIMIT $3`,
      [customerId, after, limit],
    );
  }

  private commitWith(parts: CommitParts): Prepared {
    const key = Object.values(parts).map(Number).join('');
    let statement = this.commitSql.get(key);
    if (!statement) {
      statement = prepared('commit', commitStatement(this.tables, parts));
      this.commitSql.set(key, statement);
    }
    return statement;
  }

  private async commitTogether(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
    hold: EffectHold | undefined,
  ): Promise<Outcomes> {
    const alone = (turn: TreeTurn) => this.commitTogether([turn], limits, hold);
    const sorted = [...turns].sort((a, b) => (a.before.rootId < b.before.rootId ? -1 : 1));
    const outcomes: Outcomes = new Map();
    let rows: { root_id: string; done: boolean; current: boolean; held: boolean }[];
    try {
      const values = storedRows(sorted, hold);
      const parts = partsOf(values, limits.liveLegs, hold);
      const parameters = commitParameters(parts, values, limits.liveLegs, hold);
      const written = turns.length + values.newSpecs.length + values.blocks.length;
      rows = await this.sql.runPrepared(this.commitWith(parts), parameters, written);
    } catch (error) {
      // The whole statement was undone: an id or a key that another process has used a moment ago.
      if (sqlState(error) !== UNIQUE_VIOLATION) throw isUnstorable(error) ? unstorable(error) : error;
      if (turns.length > 1) return oneByOne(turns, alone);
      const { constraint } = error as { constraint?: string };
      const outcome =
        constraint === this.tables.index('groupcall_tree_idempotency') ? 'duplicate_key' : 'conflict';
      return new Map([[turns[0].before.rootId, outcome]]);
    }
    const refused = rows.filter((row) => !row.done && row.current).map((row) => row.root_id);
    for (const row of rows) outcomes.set(row.root_id, outcomeOf(row));
    if (refused.length > 0 && turns.length > 1) {
      // Together they did not fit; alone some of them may.
      const again = sorted.filter((turn) => refused.includes(turn.before.rootId));
      const tried = await oneByOne(again, alone).catch((error: unknown) => {
        throw withOthersStored(error, outcomes);
      });
      for (const [rootId, outcome] of tried) outcomes.set(rootId, outcome);
    }
    return outcomes;
  }
}

function outcomeOf(row: { done: boolean; current: boolean; held: boolean }): TurnOutcome {
  if (row.done) return row.held ? 'held' : 'committed';
  return row.current ? 'over_limit' : 'conflict';
}

/** The same again would fail again. */
function isUnstorable(error: unknown): boolean {
  return blamesData(error) || error instanceof UnknownWordError || error instanceof UnstorableValueError;
}

import { urgentLanesOf } from '../../effect-priority.js';
import {
  CHANGED_GROUPCALL,
  CHANGED_LEG,
  NEW_GROUPCALL,
  NEW_LEG,
  rowOf,
  TREE as TREE_COLUMNS,
  type Columns,
} from '../commit-columns.js';
import type { CommitRows } from '../commit-rows.js';
import type { TableNames } from '../tables.js';
import type { Sql } from './mysql-connections.js';
import { NOW_MS } from './now.js';
import { insertStatement, joinedByKey, rowsParameter, rowsTable } from './statements.js';

const TREE_CHANGING = ['event_sequence', 'winner_leg_id', 'late_answers', 'next_alarm_at', 'live', 'deleted'];
const TREE = [
  'root_id',
  'customer_id',
  'master_call_id',
  'member_base',
  'version',
  ...TREE_CHANGING,
  'idempotency_key',
  'request_fingerprint',
  'tm_create',
];
const GROUPCALL_CHANGING = [
  'owner_type',
  'owner_id',
  'status',
  'ring_method',
  'answer_call_id',
  'answer_groupcall_id',
  'call_count',
  'groupcall_count',
  'dial_index',
  'hangup_reason',
  'origin',
  'tm_update',
  'tm_delete',
];
/** Large and seldom changed: null = as they were. */
const GROUPCALL_KEPT = ['destinations', 'slots'];
const GROUPCALL = [
  'id',
  'root_id',
  'ordinal',
  'customer_id',
  'flow_id',
  'source',
  'master_call_id',
  'master_groupcall_id',
  'destination_index',
  'answer_method',
  'dial_timeout',
  'tm_create',
  ...GROUPCALL_KEPT,
  ...GROUPCALL_CHANGING,
];
const LEG_CHANGING = [
  'status',
  'hangup_reason',
  'hangup_by',
  'tm_dial',
  'tm_ringing',
  'tm_answer',
  'tm_hangup',
  'dial_deadline',
];
const LEG = [
  'id',
  'root_id',
  'ordinal',
  'groupcall_id',
  'customer_id',
  'source',
  'destination',
  'destination_index',
  'tm_create',
  ...LEG_CHANGING,
];
const EFFECT = [
  'root_id',
  'customer_id',
  'lane',
  'version',
  'ordinal',
  'kind',
  'priority',
  'leg_id',
  'payload',
];

const set = (columns: readonly string[]) => columns.map((column) => `t.${column} = n.${column}`).join(', ');

/** Nothing but names differs from one set of tables to another. */
const statements = (tables: TableNames) => ({
  insertTrees: insertStatement(tables.tree, TREE),
  updateTrees: `UPDATE ${joinedByKey(
    ['root_id', 'version', ...TREE_CHANGING],
    tables.tree,
    't.root_id = n.root_id AND t.version = n.version - 1',
  )} SET t.version = n.version, ${set(TREE_CHANGING)}`,
  insertGroupcalls: insertStatement(tables.groupcall, GROUPCALL),
  updateGroupcalls: `UPDATE ${joinedByKey(
    ['id', ...GROUPCALL_KEPT, ...GROUPCALL_CHANGING],
    tables.groupcall,
    't.id = n.id',
  )} SET ${GROUPCALL_KEPT.map((column) => `t.${column} = COALESCE(n.${column}, t.${column})`).join(', ')}, ${set(GROUPCALL_CHANGING)}`,
  insertLegs: insertStatement(tables.leg, LEG),
  updateLegs: `UPDATE ${joinedByKey(['id', ...LEG_CHANGING], tables.leg, 't.id = n.id')} SET ${set(LEG_CHANGING)}`,
  insertEffects: `INSERT INTO ${tables.outbox} (${EFFECT.join(', ')}, created_at)
  SELECT ${EFFECT.map((column) => `n.${column}`).join(', ')}, ${NOW_MS} FROM ${rowsTable(EFFECT)}`,
  /** What is in front of a hangup must not keep it waiting. */
  hurry: `UPDATE ${rowsTable(['lane'])}
  STRAIGHT_JOIN ${tables.outbox} t FORCE INDEX (groupcall_outbox_lane) ON t.status = 'pending' AND t.lane = n.lane
  SET t.priority = 0, t.next_at = 0 WHERE t.priority > 0 OR t.next_at > 0`,
});

/** Statements of a set of tables, made once. */
const made = new WeakMap<TableNames, ReturnType<typeof statements>>();

function statementsFor(tables: TableNames): ReturnType<typeof statements> {
  const known = made.get(tables) ?? statements(tables);
  made.set(tables, known);
  return known;
}

/** Writes what turns have become, whose hot rows this transaction has locked and found to be current. */
export async function writeRows(sql: Sql, tables: TableNames, rows: CommitRows): Promise<void> {
  const write = async (statement: string, part: readonly object[]) => {
    if (part.length === 0) return;
    const written = await sql.change(statement, [rowsParameter(part)]);
    // Every row is there and locked, or new. Anything else must not become durable.
    if (written !== part.length)
      throw new Error(
        `Groupcall's tables are not consistent: ${written} of ${part.length} rows were written.`,
      );
  };
  const to = statementsFor(tables);
  const rowsOf = <T>(columns: Columns<T>, part: readonly T[]) => part.map((one) => rowOf(columns, one));
  const next = rows.trees.map((turn) => ({ ...rowOf(TREE_COLUMNS, turn), version: turn.after.version }));
  await write(
    to.insertTrees,
    next.filter(({ version }) => version === 1),
  );
  await write(
    to.updateTrees,
    next.filter(({ version }) => version > 1),
  );
  await write(to.insertGroupcalls, rowsOf(NEW_GROUPCALL, rows.newGroupcalls));
  await write(to.updateGroupcalls, rowsOf(CHANGED_GROUPCALL, rows.changedGroupcalls));
  await write(to.insertLegs, rowsOf(NEW_LEG, rows.newLegs));
  await write(to.updateLegs, rowsOf(CHANGED_LEG, rows.changedLegs));
  const urgent = urgentLanesOf(rows.effects);
  if (urgent.size > 0)
    await sql.change(to.hurry, [rowsParameter([...urgent].sort().map((lane) => ({ lane })))]);
  await write(to.insertEffects, rows.effects);
}

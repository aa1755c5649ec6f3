const UUID = 'CHAR(36) CHARACTER SET ascii';
/** Without its name the character set would be the database's own, and what that lacks would arrive as question marks. */
const TEXT = 'TEXT CHARACTER SET utf8mb4';
/** Kept as text, so that the order of the keys survives; MySQL's own JSON type sorts them. */
const JSON_TEXT = 'MEDIUMTEXT CHARACTER SET utf8mb4';

/** The types of all columns that a row handed over as JSON may have. */
const TYPES: Readonly<Record<string, string>> = {
  answer_call_id: UUID,
  answer_groupcall_id: UUID,
  answer_method: TEXT,
  call_count: 'INT',
  claim_no: 'INT',
  customer_id: UUID,
  deleted: 'INT',
  delta: 'INT',
  destination: JSON_TEXT,
  destination_index: 'INT',
  destinations: JSON_TEXT,
  dial_deadline: 'BIGINT',
  dial_index: 'INT',
  dial_timeout: 'INT',
  event_sequence: 'INT',
  flow_id: UUID,
  groupcall_count: 'INT',
  groupcall_id: UUID,
  hangup_by: TEXT,
  hangup_reason: TEXT,
  id: UUID,
  idempotency_key: TEXT,
  kind: TEXT,
  lane: 'VARCHAR(64) CHARACTER SET ascii',
  late_answers: 'INT',
  leg_id: UUID,
  member_base: UUID,
  live: 'INT',
  master_call_id: UUID,
  master_groupcall_id: UUID,
  next_alarm_at: 'BIGINT',
  next_at: 'BIGINT',
  ordinal: 'INT',
  origin: TEXT,
  owner_id: UUID,
  owner_type: TEXT,
  payload: JSON_TEXT,
  priority: 'INT',
  receipt_id: 'BIGINT',
  request_fingerprint: TEXT,
  ring_method: TEXT,
  root_id: UUID,
  slots: JSON_TEXT,
  source: JSON_TEXT,
  status: TEXT,
  tm_answer: 'BIGINT',
  tm_create: 'BIGINT',
  tm_delete: 'BIGINT',
  tm_dial: 'BIGINT',
  tm_hangup: 'BIGINT',
  tm_ringing: 'BIGINT',
  tm_update: 'BIGINT',
  version: 'INT',
  winner_leg_id: UUID,
};

/** The rows of one parameter (see {@link rowsParameter}) as a table `n`, in their order. */
export function rowsTable(columns: readonly string[]): string {
  const typed = columns.map((column) => `${column} ${TYPES[column]} PATH '$.${column}'`);
  return `JSON_TABLE(?, '$[*]' COLUMNS (${typed.join(', ')})) n`;
}

/**
 * The rows read first and in their order, `table` as `t` looked up by its primary key: locks are taken in the order of
 * the rows, and on nothing else, however small the table is.
 */
export function joinedByKey(columns: readonly string[], table: string, on: string): string {
  return `${rowsTable(columns)} STRAIGHT_JOIN ${table} t FORCE INDEX (PRIMARY) ON ${on}`;
}

export function insertStatement(table: string, columns: readonly string[]): string {
  const values = columns.map((column) => `n.${column}`).join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values} FROM ${rowsTable(columns)}`;
}

/** Rows as one parameter: whatever is nested goes as text, and true and false as 1 and 0. */
export function rowsParameter(rows: readonly object[]): string {
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

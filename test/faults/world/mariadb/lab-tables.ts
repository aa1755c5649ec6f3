/**
 * What the laboratory adds to the engine's tables: it writes down every row of a tree that a transaction changes, every
 * claim of a dial and the extremes of every customer's counter, in the transaction that made it. Triggers cannot wait
 * for the commit here, so the notes are put together to versions afterwards (`tree-history.ts`); when a transaction
 * was committed is known to the server itself, through the system versioning of the notes.
 */
const UUID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const NOW = 'UNIX_TIMESTAMP(SYSDATE(6)) * 1000';

const TREE = ['customer_id', 'winner_leg_id', 'event_sequence', 'idempotency_key'];
const GROUPCALL = [
  'id',
  'ordinal',
  'customer_id',
  'status',
  'slots',
  'master_groupcall_id',
  'ring_method',
  'answer_method',
  'answer_call_id',
  'answer_groupcall_id',
  'call_count',
  'groupcall_count',
  'dial_index',
  'hangup_reason',
  'tm_delete',
];
const LEG = [
  'id',
  'ordinal',
  'groupcall_id',
  'customer_id',
  'destination',
  'source',
  'destination_index',
  'status',
  'hangup_reason',
  'tm_create',
  'tm_answer',
  'dial_deadline',
];

/** What is not a column as it stands. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  idempotency_key: 'CONVERT(NEW.idempotency_key USING utf8mb4)',
  destination: `JSON_VALUE(NEW.destination, '$.target')`,
  source: `JSON_VALUE(NEW.source, '$.target')`,
};

function notes(table: string, columns: readonly string[], version: string): string[] {
  const facts = columns.map((column) => `'${column}', ${EXPRESSIONS[column] ?? `NEW.${column}`}`).join(', ');
  return ['INSERT', 'UPDATE'].map(
    (event) => `CREATE TRIGGER lab_${table}_${event.toLowerCase()} AFTER ${event} ON ${table} FOR EACH ROW
      INSERT INTO lab_note (root_id, version, part, facts)
      VALUES (NEW.root_id, ${version}, '${table}', JSON_OBJECT(${facts}))`,
  );
}

/** The hot row is written first in every transaction: whatever follows it belongs to its new version. */
const VERSION = '(SELECT version FROM groupcall_tree WHERE root_id = NEW.root_id)';
const EXTREMES = `INSERT INTO lab_live_legs VALUES (NEW.customer_id, NEW.live_legs, NEW.live_legs)
  ON DUPLICATE KEY UPDATE least = LEAST(least, NEW.live_legs), most = GREATEST(most, NEW.live_legs)`;

export const WITNESSES: readonly string[] = [
  `CREATE TABLE lab_note (
    seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, root_id ${UUID} NOT NULL, version INT NOT NULL,
    part VARCHAR(16) NOT NULL, facts LONGTEXT NOT NULL,
    made BIGINT UNSIGNED GENERATED ALWAYS AS ROW START, gone BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
    PERIOD FOR SYSTEM_TIME (made, gone)
  ) WITH SYSTEM VERSIONING ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4`,
  ...notes('groupcall_tree', TREE, 'NEW.version'),
  ...notes('groupcall', GROUPCALL, VERSION),
  ...notes('groupcall_leg', LEG, VERSION),

  `CREATE TABLE lab_claim (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, leg_id ${UUID} NOT NULL, at DOUBLE NOT NULL)`,
  `CREATE TRIGGER lab_claim AFTER UPDATE ON groupcall_outbox FOR EACH ROW
    IF NEW.kind = 'dial' AND NEW.claimed_by IS NOT NULL AND NEW.claim_no > OLD.claim_no THEN
      INSERT INTO lab_claim (leg_id, at) VALUES (NEW.leg_id, ${NOW});
    END IF`,

  // On PostgreSQL there is more than this.
  'CREATE VIEW lab_left AS SELECT id, root_id, kind, leg_id, status, attempts, last_error FROM groupcall_outbox',

  `CREATE TABLE lab_live_legs (customer_id ${UUID} NOT NULL PRIMARY KEY, least INT NOT NULL, most INT NOT NULL)`,
  `CREATE TRIGGER lab_live_legs_insert AFTER INSERT ON groupcall_customer FOR EACH ROW ${EXTREMES}`,
  `CREATE TRIGGER lab_live_legs_update AFTER UPDATE ON groupcall_customer FOR EACH ROW ${EXTREMES}`,
];

/** Notes after `seq`, with the moment at which their transaction was committed, epoch ms. */
export const NOTES = `SELECT n.seq, n.root_id AS rootId, n.version, n.part, n.facts, n.made,
  UNIX_TIMESTAMP(r.commit_timestamp) * 1000 AS at
  FROM lab_note n LEFT JOIN mysql.transaction_registry r ON r.transaction_id = n.made WHERE n.seq > ? ORDER BY n.seq`;

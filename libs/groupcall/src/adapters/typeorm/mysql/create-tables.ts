// The same five tables as on PostgreSQL. There are no partial indexes here: what would be the condition there is the first
// column here. DDL commits by itself, so each table comes with its indexes at once and may already be there.

import type { TableNames } from '../tables.js';

const UUID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
/** Not JSON: MySQL would sort the keys (SPEC 2 says their order). */
const NESTED = 'MEDIUMTEXT';
const TABLE = 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const mysqlTables = (tables: TableNames): string[] => [
  // The key is bytes: collations on which MariaDB and MySQL agree ignore spaces at its end.
  `CREATE TABLE IF NOT EXISTS ${tables.tree} (
    root_id ${UUID} NOT NULL PRIMARY KEY,
    customer_id ${UUID} NOT NULL,
    master_call_id ${UUID} NOT NULL,
    member_base ${UUID},
    version INT NOT NULL,
    event_sequence INT NOT NULL,
    winner_leg_id ${UUID},
    late_answers INT NOT NULL,
    next_alarm_at BIGINT,
    live TINYINT(1) NOT NULL,
    deleted TINYINT(1) NOT NULL,
    idempotency_key VARBINARY(1020),
    request_fingerprint VARCHAR(64),
    tm_create BIGINT NOT NULL,
    UNIQUE KEY groupcall_tree_idempotency (customer_id, idempotency_key),
    KEY groupcall_tree_alarm (next_alarm_at),
    KEY groupcall_tree_master_call (master_call_id, live, root_id),
    KEY groupcall_tree_live (live, root_id),
    KEY groupcall_tree_customer_live (customer_id, live, root_id),
    KEY groupcall_tree_customer (customer_id, deleted, root_id)
  ) ${TABLE}`,

  `CREATE TABLE IF NOT EXISTS ${tables.groupcall} (
    id ${UUID} NOT NULL PRIMARY KEY,
    root_id ${UUID} NOT NULL,
    ordinal INT NOT NULL,
    customer_id ${UUID} NOT NULL,
    owner_type VARCHAR(16) NOT NULL,
    owner_id ${UUID} NOT NULL,
    status VARCHAR(16) NOT NULL,
    flow_id ${UUID} NOT NULL,
    source ${NESTED} NOT NULL,
    destinations ${NESTED} NOT NULL,
    slots ${NESTED} NOT NULL,
    master_call_id ${UUID} NOT NULL,
    master_groupcall_id ${UUID} NOT NULL,
    destination_index INT NOT NULL,
    ring_method VARCHAR(16) NOT NULL,
    answer_method VARCHAR(16) NOT NULL,
    answer_call_id ${UUID} NOT NULL,
    answer_groupcall_id ${UUID} NOT NULL,
    call_count INT NOT NULL,
    groupcall_count INT NOT NULL,
    dial_index INT NOT NULL,
    dial_timeout INT NOT NULL,
    hangup_reason VARCHAR(32) NOT NULL,
    origin TEXT NOT NULL,
    tm_create BIGINT NOT NULL,
    tm_update BIGINT NOT NULL,
    tm_delete BIGINT,
    KEY groupcall_root (root_id),
    KEY groupcall_list (customer_id, tm_delete, tm_create, id)
  ) ${TABLE}`,

  `CREATE TABLE IF NOT EXISTS ${tables.leg} (
    id ${UUID} NOT NULL PRIMARY KEY,
    root_id ${UUID} NOT NULL,
    ordinal INT NOT NULL,
    groupcall_id ${UUID} NOT NULL,
    customer_id ${UUID} NOT NULL,
    source ${NESTED} NOT NULL,
    destination ${NESTED} NOT NULL,
    destination_index INT NOT NULL,
    status VARCHAR(16) NOT NULL,
    hangup_reason VARCHAR(32) NOT NULL,
    hangup_by VARCHAR(16) NOT NULL,
    tm_create BIGINT NOT NULL,
    tm_dial BIGINT,
    tm_ringing BIGINT,
    tm_answer BIGINT,
    tm_hangup BIGINT,
    dial_deadline BIGINT NOT NULL,
    KEY groupcall_leg_root (root_id),
    KEY groupcall_leg_list (customer_id, tm_create, id)
  ) ${TABLE}`,

  `CREATE TABLE IF NOT EXISTS ${tables.outbox} (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    root_id ${UUID} NOT NULL,
    customer_id ${UUID} NOT NULL,
    lane VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    ordinal INT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    priority SMALLINT NOT NULL,
    leg_id ${UUID},
    payload ${NESTED} NOT NULL,
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    attempts INT NOT NULL DEFAULT 0,
    claim_no INT NOT NULL DEFAULT 0,
    claimed_by VARCHAR(96),
    claim_until BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    KEY groupcall_outbox_lane (status, lane, version, ordinal),
    KEY groupcall_outbox_due (status, priority, next_at, id)
  ) ${TABLE}`,

  `CREATE TABLE IF NOT EXISTS ${tables.customer} (
    customer_id ${UUID} NOT NULL PRIMARY KEY,
    live_legs INT NOT NULL DEFAULT 0,
    rate_tokens DOUBLE,
    rate_at BIGINT NOT NULL DEFAULT 0
  ) ${TABLE}`,
];

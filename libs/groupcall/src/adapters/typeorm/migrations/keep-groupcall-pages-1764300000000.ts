import type { TableNames } from '../tables.js';
import { postgresMigration } from './postgres-migration.js';

/** Rows of 1.6 KB, so 25 pages: to read these costs the planner more than to look into an index, with any usual settings. */
const ROWS = 100;
const TEXT = `repeat('x', 1600)`;

const NOWHERE = `lpad(n::text, 32, '0')::uuid`;

/**
 * The tables that fill and empty again, rows that fill them, and how these are found again. Whoever is asked for a plan while a
 * table has no page at all – autovacuum has just given the pages back – reads it from end to end for nothing; kept, that plan
 * reads all of a backlog for each row of it.
 */
const emptied = ({ bundle, outbox }: TableNames) => [
  {
    table: bundle,
    rows: `(root_id, version, customer_id, lanes, effects, effect_count, holder, held_until, created_at)
      SELECT ${NOWHERE}, 0, ${NOWHERE}, '{}', ${TEXT}, 0, '', 0, 0`,
    those: `root_id IN (SELECT ${NOWHERE} FROM generate_series(1, ${ROWS}) AS n)`,
  },
  {
    table: outbox,
    rows: `(id, root_id, customer_id, lane, version, ordinal, kind, priority, payload, status, created_at)
      SELECT -n, ${NOWHERE}, ${NOWHERE}, '', 0, 0, '', 0, to_json(${TEXT}), '', 0`,
    those: `id BETWEEN -${ROWS} AND -1`,
  },
];

// What belongs together is sent together: without a transaction of the migration's own it is one all the same.
const UP = (tables: TableNames) =>
  emptied(tables).flatMap(({ table, rows, those }) => [
    `ALTER TABLE ${table} SET (vacuum_truncate = false)`,
    `INSERT INTO ${table} ${rows} FROM generate_series(1, ${ROWS}) AS n; DELETE FROM ${table} WHERE ${those}`,
  ]);

const DOWN = (tables: TableNames) =>
  emptied(tables).map(({ table }) => `ALTER TABLE ${table} RESET (vacuum_truncate)`);

/** Keeps the pages of tables that are mostly empty (docs/adr/0022), on PostgreSQL only: elsewhere no plan is kept. */
export const keepGroupcallPages1764300000000 = postgresMigration(
  'KeepGroupcallPages',
  1764300000000,
  UP,
  DOWN,
);

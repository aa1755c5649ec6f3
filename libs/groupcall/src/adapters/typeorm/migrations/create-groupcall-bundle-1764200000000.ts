import type { TableNames } from '../tables.js';
import { postgresMigration } from './postgres-migration.js';

/**
 * How full a page of new rows is, %. The rest is room for new versions of its rows: a hot row changes three times in a life and
 * a groupcall once, and a version that stays on its page costs no index entry. Groupcalls are large: at 40 one of ten
 * destinations had a page for itself.
 */
const growing = ({ tree, spec, members }: TableNames) => [
  [tree, 40],
  [spec, 60],
  [members, 40],
];
const indexOfRoots = (tables: TableNames) => tables.index('groupcall_outbox_root');

const UP = (tables: TableNames) => [
  ...growing(tables).map(([table, fill]) => `ALTER TABLE ${table} SET (fillfactor = ${fill})`),
  `CREATE INDEX ${indexOfRoots(tables)} ON ${tables.outbox} (root_id, version)`,
  `CREATE TABLE ${tables.bundle} (
    root_id uuid NOT NULL,
    version int NOT NULL,
    customer_id uuid NOT NULL,
    lanes text[] NOT NULL,
    effects text NOT NULL,
    effect_count int NOT NULL,
    holder varchar(96) NOT NULL,
    held_until bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (root_id, version)
  )`,
  // It lives for a moment: to compress it costs more than to write it.
  `ALTER TABLE ${tables.bundle} ALTER effects SET STORAGE EXTERNAL`,
  `CREATE INDEX ${tables.index('groupcall_bundle_due')} ON ${tables.bundle} (held_until)`,
];

/** Effects that are still in bundles are lost: stop every process and let the outbox run empty before. */
const DOWN = (tables: TableNames) => [
  `DROP TABLE ${tables.bundle}`,
  `DROP INDEX ${tables.schema === undefined ? '' : `"${tables.schema}".`}${indexOfRoots(tables)}`,
  ...growing(tables).map(([table]) => `ALTER TABLE ${table} RESET (fillfactor)`),
];

/** Effects in one row per turn (docs/adr/0013), on PostgreSQL only: elsewhere each effect stays a row of the outbox. */
export const createGroupcallBundle1764200000000 = postgresMigration(
  'CreateGroupcallBundle',
  1764200000000,
  UP,
  DOWN,
);

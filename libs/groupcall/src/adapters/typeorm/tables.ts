import type { DataSource } from 'typeorm';
import { dialectOf } from './dialect.js';

/**
 * The tables' own names. The entities are marked `synchronize: false`: tables and indexes come from our migrations alone,
 * and neither `synchronize` nor `migration:generate` of a host ever wants to change them.
 */
export const TABLES = {
  tree: 'groupcall_tree',
  groupcall: 'groupcall',
  leg: 'groupcall_leg',
  outbox: 'groupcall_outbox',
  bundle: 'groupcall_bundle',
  /** On PostgreSQL alone: what of a groupcall seldom changes; `groupcall` and `groupcall_leg` are views there. */
  spec: 'groupcall_spec',
  /** On PostgreSQL alone: what changes of the members of a large tree. */
  members: 'groupcall_members',
  customer: 'groupcall_customer',
  dial: 'groupcall_dial',
} as const;

/** Where the tables are in the host's database. The same for entities, migrations and module. */
export interface TableOptions {
  /**
   * PostgreSQL: the schema, MariaDB and MySQL: the database. Missing: as the DataSource says. The migration makes it
   * when it is not there.
   */
  schema?: string;
  /** Put before each table's name, after the DataSource's own `entityPrefix`: `gc_` makes `gc_groupcall_leg`. */
  tablePrefix?: string;
}

/** Every name that a statement needs, quoted and with its schema. Statements get their names from nowhere else. */
export interface TableNames extends Readonly<Record<keyof typeof TABLES, string>> {
  /** The schema alone and unquoted; undefined: the connection's own. */
  readonly schema: string | undefined;
  /** What an index or a unique key of ours is called; on PostgreSQL two sets of tables may share a schema. */
  index(name: string): string;
}

/** PostgreSQL cuts names after 63 bytes, and our longest index has 28. */
const PREFIX = /^[A-Za-z_][A-Za-z0-9_]{0,29}$/;
const SCHEMA = /^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/;

/**
 * @throws Error when a name would need more care than quotes
 */
export function checkTableOptions({ schema, tablePrefix }: TableOptions): void {
  if (tablePrefix !== undefined && tablePrefix !== '' && !PREFIX.test(tablePrefix))
    throw new Error(
      `Groupcall: tablePrefix is ${JSON.stringify(tablePrefix)}; it must be letters, digits and "_", at most 30, not a digit first.`,
    );
  if (schema !== undefined && !SCHEMA.test(schema))
    throw new Error(
      `Groupcall: schema is ${JSON.stringify(schema)}; it must be letters, digits, "_", "$" and "-", at most 63, a letter or "_" first.`,
    );
}

/** What the tables are called in this DataSource: what TypeORM makes of the entities' names, and then quoted. */
export function tableNames(dataSource: DataSource, tables: TableOptions = {}): TableNames {
  checkTableOptions(tables);
  const { options, namingStrategy } = dataSource;
  const isPostgres = dialectOf(dataSource) === 'postgres';
  const schema = tables.schema ?? (isPostgres ? (options as { schema?: string }).schema : undefined);
  const quoted = (name: string) => (isPostgres ? `"${name}"` : `\`${name}\``);
  const prefixed = (name: string) => {
    const own = namingStrategy.tableName(name, `${tables.tablePrefix ?? ''}${name}`);
    return options.entityPrefix ? namingStrategy.prefixTableName(options.entityPrefix, own) : own;
  };
  const full = (name: string) =>
    schema === undefined ? quoted(prefixed(name)) : `${quoted(schema)}.${quoted(prefixed(name))}`;
  return {
    tree: full(TABLES.tree),
    groupcall: full(TABLES.groupcall),
    leg: full(TABLES.leg),
    outbox: full(TABLES.outbox),
    bundle: full(TABLES.bundle),
    spec: full(TABLES.spec),
    members: full(TABLES.members),
    customer: full(TABLES.customer),
    dial: full(TABLES.dial),
    schema,
    index: (name) => (isPostgres ? `${options.entityPrefix ?? ''}${tables.tablePrefix ?? ''}${name}` : name),
  };
}

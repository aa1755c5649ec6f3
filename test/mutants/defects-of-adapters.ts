import type { Defect } from './defect.js';

const ADAPTERS = 'libs/groupcall/src/adapters/typeorm';
const FAULTS_OF_POSTGRES = 'typeorm-postgres-faults';
const FAULTS_OF_MARIADB = 'typeorm-mariadb-faults';

/** A defect that only a real database can show, and the suite of `test/adapters` that must notice it. */
export interface AdapterDefect extends Defect {
  readonly suite: string;
}

const OF_POSTGRES: readonly AdapterDefect[] = [
  {
    name: 'PostgreSQL: the stored version is not compared',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/commit-statement.ts`,
    anchor: 'WHERE t.version > 0 AND h.version = t.version\n',
    instead: 'WHERE t.version > 0\n',
    also: [{ anchor: 'h.root_id = t.root_id AND h.version = t.version', instead: 'h.root_id = t.root_id' }],
  },
  {
    name: 'PostgreSQL: effects are stored although their turn is not',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/commit-statement.ts`,
    anchor: 'payload json)\n  WHERE ${IS_DONE}',
    instead: 'payload json)',
  },
  {
    name: "PostgreSQL: the customer's limit looks at what is stored and not at what is added",
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/commit-statement.ts`,
    anchor: 'h.shrink + h.growth <= ${most}::int',
    instead: 'h.shrink <= ${most}::int',
  },
  {
    name: 'PostgreSQL: a bundle is held whatever is in front of it',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/commit-statement.ts`,
    anchor: 'n.version = 1 OR ((',
    instead: 'true OR ((',
  },
  {
    name: 'PostgreSQL: a group with old and new trees stores the new ones only',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/commit-statement.ts`,
    anchor: '`t.version = 0 OR ${isLocked}`',
    instead: "'t.version = 0'",
  },
  {
    name: 'PostgreSQL: a claim never runs out',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/claim-statement.ts`,
    anchor: 'claim_until = $1::bigint + $4::bigint,',
    instead: 'claim_until = $1::bigint + 1000000000 * $4::bigint,',
  },
  {
    name: 'PostgreSQL: two processes claim parts of one lane',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/claim-statement.ts`,
    anchor: 'AND (p.version, p.ordinal) < (o.version, o.ordinal))',
    instead: 'AND false)',
  },
  {
    name: 'PostgreSQL: an outdated claim may still acknowledge',
    suite: 'typeorm-postgres',
    file: `${ADAPTERS}/postgres/postgres-effect-outbox.ts`,
    anchor: 'ON r.id = o.id AND r.claim_no = o.claim_no',
    instead: 'ON r.id = o.id',
  },
  {
    name: 'PostgreSQL: an acknowledgement waits for whoever is just writing the bundle',
    suite: FAULTS_OF_POSTGRES,
    file: `${ADAPTERS}/postgres/bundle-statements.ts`,
    anchor: "'FOR UPDATE SKIP LOCKED'",
    instead: "''",
  },
  {
    name: 'PostgreSQL: vacuum takes the pages of the outbox',
    suite: 'typeorm-postgres-plans',
    file: `${ADAPTERS}/migrations/keep-groupcall-pages-1764300000000.ts`,
    anchor: 'SET (vacuum_truncate = false)',
    instead: 'SET (vacuum_truncate = true)',
  },
  {
    name: 'PostgreSQL: a connection that did not answer is lent again',
    suite: FAULTS_OF_POSTGRES,
    file: `${ADAPTERS}/postgres/sql-connection.ts`,
    anchor: 'client.release(doubtful);',
    instead: 'client.release(doubtful && false);',
  },
];

const OF_MARIADB: readonly AdapterDefect[] = [
  {
    name: 'MariaDB: the stored version is not compared',
    suite: 'typeorm-mariadb',
    file: `${ADAPTERS}/mysql/mysql-groupcall-store.ts`,
    anchor: 'versions.get(before.rootId) === before.version',
    instead: 'versions.has(before.rootId)',
  },
  {
    name: "MariaDB: the customer's limit is looked at and not enforced",
    suite: 'typeorm-mariadb',
    file: `${ADAPTERS}/mysql/customer-rows.ts`,
    anchor: 'if (delta > 0 && limit > 0 &&',
    instead: 'if (false &&',
  },
  {
    name: 'MariaDB: a claim never runs out',
    suite: 'typeorm-mariadb',
    file: `${ADAPTERS}/mysql/claim.ts`,
    anchor: '[rows, owner, now + leaseMs]',
    instead: '[rows, owner, now + leaseMs * 1e9]',
  },
  {
    name: 'MariaDB: an outdated claim may still acknowledge',
    suite: 'typeorm-mariadb',
    file: `${ADAPTERS}/mysql/mysql-effect-outbox.ts`,
    anchor: '`t.id = n.receipt_id AND t.claim_no = n.claim_no AND',
    instead: '`t.id = n.receipt_id AND',
  },
  {
    name: 'MariaDB: what has failed is not undone',
    suite: FAULTS_OF_MARIADB,
    file: `${ADAPTERS}/mysql/mysql-connections.ts`,
    anchor: "await command(connection, 'ROLLBACK').catch(",
    instead: 'await Promise.resolve().catch(',
  },
  {
    name: 'MariaDB: a connection that did not answer is lent again',
    suite: FAULTS_OF_MARIADB,
    file: `${ADAPTERS}/mysql/mysql-connections.ts`,
    anchor: 'if (doubtful) connection.destroy();',
    instead: 'if (doubtful) connection.release();',
  },
];

export const DEFECTS_OF_ADAPTERS: readonly AdapterDefect[] = [...OF_POSTGRES, ...OF_MARIADB];

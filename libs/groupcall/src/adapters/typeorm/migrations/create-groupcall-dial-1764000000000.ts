import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect.js';
import { tableNames, type TableNames, type TableOptions } from '../tables.js';
import { migrationName } from './migration-name.js';

const CREATE = {
  postgres: (tables: TableNames) => [
    `CREATE TABLE ${tables.dial} (
      customer_id uuid NOT NULL,
      number varchar(64) NOT NULL,
      recent jsonb NOT NULL,
      dialled_at bigint NOT NULL,
      PRIMARY KEY (customer_id, number)
    )`,
    `CREATE INDEX ${tables.index('groupcall_dial_old')} ON ${tables.dial} (dialled_at)`,
  ],
  // DDL commits by itself here: the table comes with its index at once and may already be there.
  mysql: (tables: TableNames) => [
    `CREATE TABLE IF NOT EXISTS ${tables.dial} (
      customer_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      recent MEDIUMTEXT NOT NULL,
      dialled_at BIGINT NOT NULL,
      PRIMARY KEY (customer_id, number),
      KEY groupcall_dial_old (dialled_at)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
  ],
};

/** What was dialled a moment ago, for the limits on the pace of dials. */
export const createGroupcallDial1764000000000 = (place: TableOptions) =>
  class CreateGroupcallDial1764000000000 implements MigrationInterface {
    readonly name = migrationName('CreateGroupcallDial', 1764000000000, place);

    async up(runner: QueryRunner): Promise<void> {
      const tables = tableNames(runner.connection, place);
      for (const statement of CREATE[dialectOf(runner.connection)](tables)) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(`DROP TABLE ${tableNames(runner.connection, place).dial}`);
    }
  };

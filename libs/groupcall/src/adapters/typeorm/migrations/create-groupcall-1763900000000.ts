import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect.js';
import { mysqlTables } from '../mysql/create-tables.js';
import { postgresTables } from '../postgres/create-tables.js';
import { tableNames, type TableNames, type TableOptions } from '../tables.js';
import { createSchema } from './create-schema.js';
import { migrationName } from './migration-name.js';

const CREATE = { postgres: postgresTables, mysql: mysqlTables };
const DROP = {
  postgres: ({ customer, outbox, leg, groupcall, members, spec, tree }: TableNames) => [
    `DROP VIEW ${leg}, ${groupcall}`,
    `DROP TABLE ${[customer, outbox, members, spec, tree].join(', ')}`,
  ],
  mysql: ({ customer, outbox, leg, groupcall, tree }: TableNames) => [
    `DROP TABLE ${[customer, outbox, leg, groupcall, tree].join(', ')}`,
  ],
};

/** What a tree is stored in, on every database that there are adapters for. */
export const createGroupcall1763900000000 = (place: TableOptions) =>
  class CreateGroupcall1763900000000 implements MigrationInterface {
    readonly name = migrationName('CreateGroupcall', 1763900000000, place);

    async up(runner: QueryRunner): Promise<void> {
      const tables = tableNames(runner.connection, place);
      await createSchema(runner, tables.schema);
      for (const statement of CREATE[dialectOf(runner.connection)](tables)) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      const names = tableNames(runner.connection, place);
      for (const statement of DROP[dialectOf(runner.connection)](names)) await runner.query(statement);
    }
  };

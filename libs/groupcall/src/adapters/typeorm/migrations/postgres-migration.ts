import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect.js';
import { tableNames, type TableNames, type TableOptions } from '../tables.js';
import { migrationName } from './migration-name.js';

type Statements = (tables: TableNames) => readonly string[];

/** A migration that does something on PostgreSQL only, and is remembered elsewhere, too. */
export const postgresMigration =
  (name: string, time: number, up: Statements, down: Statements) =>
  (place: TableOptions): new () => MigrationInterface =>
    class PostgresMigration implements MigrationInterface {
      readonly name = migrationName(name, time, place);

      async up(runner: QueryRunner): Promise<void> {
        await run(runner, up, place);
      }

      async down(runner: QueryRunner): Promise<void> {
        await run(runner, down, place);
      }
    };

async function run(runner: QueryRunner, statements: Statements, place: TableOptions): Promise<void> {
  if (dialectOf(runner.connection) !== 'postgres') return;
  for (const statement of statements(tableNames(runner.connection, place))) await runner.query(statement);
}

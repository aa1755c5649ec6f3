import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect.js';
import { tableNames, type TableNames, type TableOptions } from '../tables.js';
import { migrationName } from './migration-name.js';

const INDEX = 'groupcall_tree_ended';
const CREATE = {
  postgres: (tables: TableNames) =>
    `CREATE INDEX ${tables.index(INDEX)} ON ${tables.tree} (tm_create) WHERE NOT live`,
  mysql: (tables: TableNames) => `CREATE INDEX ${INDEX} ON ${tables.tree} (live, tm_create)`,
};
const DROP = {
  postgres: (tables: TableNames) =>
    `DROP INDEX ${tables.schema === undefined ? '' : `"${tables.schema}".`}${tables.index(INDEX)}`,
  mysql: (tables: TableNames) => `DROP INDEX ${INDEX} ON ${tables.tree}`,
};

/** Finds the oldest ended trees without a look at the living and the younger ones. */
export const createGroupcallRetention1764100000000 = (place: TableOptions) =>
  class CreateGroupcallRetention1764100000000 implements MigrationInterface {
    readonly name = migrationName('CreateGroupcallRetention', 1764100000000, place);

    async up(runner: QueryRunner): Promise<void> {
      const { connection } = runner;
      const tables = tableNames(connection, place);
      const dialect = dialectOf(connection);
      // DDL commits by itself there: an interrupted migration may have made it already.
      if (dialect === 'mysql') {
        const found = (await runner.query(
          `SHOW INDEX FROM ${tables.tree} WHERE Key_name = '${INDEX}'`,
        )) as unknown[];
        if (found.length > 0) return;
      }
      await runner.query(CREATE[dialect](tables));
    }

    async down(runner: QueryRunner): Promise<void> {
      const { connection } = runner;
      await runner.query(DROP[dialectOf(connection)](tableNames(connection, place)));
    }
  };

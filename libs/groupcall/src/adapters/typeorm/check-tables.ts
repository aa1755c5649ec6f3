import type { DataSource } from 'typeorm';
import { entitySet } from './entities/entity-set.js';
import { tableNames, type TableOptions } from './tables.js';

/** Table, schema, database or column that is not there: SQLSTATEs of PostgreSQL, error numbers of MariaDB and MySQL. */
const NOT_THERE: readonly unknown[] = ['42P01', '3F000', '42703', 1146, 1049, 1054];

/**
 * Looks whether the DataSource knows our entities and its database has their tables, column by column.
 * @throws Error that says what to add or to run
 */
export async function checkTables(dataSource: DataSource, place: TableOptions): Promise<void> {
  const names = tableNames(dataSource, place);
  const entities = entitySet(place);
  const given = placeAsWritten(place);
  for (const name of Object.keys(entities) as (keyof typeof entities)[]) {
    if (!dataSource.hasMetadata(entities[name]))
      throw new Error(
        `GroupcallModule: the DataSource "${nameOf(dataSource)}" does not know ${entities[name].name}. ` +
          `Add ...groupcallEntities(${given}) from nestjs-groupcall/typeorm to its entities.`,
      );
    const columns = dataSource.getMetadata(entities[name]).columns.map((column) => column.databaseName);
    try {
      await dataSource.query(`SELECT ${columns.join(', ')} FROM ${names[name]} WHERE 1 = 0`);
    } catch (error) {
      if (!isNotThere(error)) throw error;
      throw new Error(
        `GroupcallModule: the table ${names[name]} is missing or not up to date (${(error as Error).message}). ` +
          `Add ...groupcallMigrations(${given}) from nestjs-groupcall/typeorm to the migrations of the DataSource "${nameOf(dataSource)}", ` +
          'and run them before the application starts: runGroupcallMigrations(dataSource), or migrationsRun: true.',
        { cause: error },
      );
    }
  }
}

function isNotThere(error: unknown): boolean {
  const { code, errno } = ((error as { driverError?: unknown }).driverError ?? error) as {
    code?: unknown;
    errno?: unknown;
  };
  return NOT_THERE.includes(code) || NOT_THERE.includes(errno);
}

function placeAsWritten({ schema, tablePrefix }: TableOptions): string {
  const parts = Object.entries({ schema, tablePrefix }).filter(([, value]) => value);
  if (parts.length === 0) return '';
  return `{ ${parts.map(([key, value]) => `${key}: '${value}'`).join(', ')} }`;
}

function nameOf({ options }: DataSource): string {
  return (options as { name?: string }).name ?? 'default';
}

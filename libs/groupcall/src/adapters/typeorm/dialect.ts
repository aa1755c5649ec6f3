import type { DataSource } from 'typeorm';

/** What the storage adapters differ in. */
export type Dialect = 'postgres' | 'mysql';

const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
};

/** @throws Error that names the databases there are adapters for */
export function dialectOf(dataSource: DataSource): Dialect {
  const { type } = dataSource.options;
  const dialect = DIALECTS[type];
  if (dialect) return dialect;
  throw new Error(
    `Groupcall has no storage for a DataSource of type "${type}": use one of ${Object.keys(DIALECTS).join(', ')}.`,
  );
}

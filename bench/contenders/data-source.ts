import { DataSource, type DataSourceOptions } from 'typeorm';
import {
  groupcallEntities,
  GROUPCALL_MIGRATIONS,
  postgresTimeLimits,
} from '../../libs/groupcall/src/adapters/typeorm/index.js';

/** The pool that every contender gets. */
export const POOL_SIZE = 20;

export const dataSourceOptions = (url: string) =>
  ({
    type: 'postgres',
    url,
    entities: groupcallEntities(),
    migrations: [...GROUPCALL_MIGRATIONS],
    poolSize: POOL_SIZE,
    poolErrorHandler: () => undefined,
    // Connections stay: their backends' CPU time is read by process id.
    extra: { keepAlive: true, idleTimeoutMillis: 0, ...postgresTimeLimits() },
  }) satisfies DataSourceOptions;

/** @param schema where its tables are; missing: in the schema that is first in the path */
export async function openDataSource(url: string, schema?: string): Promise<DataSource> {
  const options = dataSourceOptions(url);
  return new DataSource({ ...options, entities: groupcallEntities({ schema }) }).initialize();
}

import { DataSource, type DataSourceOptions } from 'typeorm';
import {
  GROUPCALL_ENTITIES,
  GROUPCALL_MIGRATIONS,
  postgresTimeLimits,
} from '../../libs/groupcall/src/adapters/typeorm/index.js';

/** The pool that every contender gets. */
export const POOL_SIZE = 20;

export const dataSourceOptions = (url: string) =>
  ({
    type: 'postgres',
    url,
    entities: [...GROUPCALL_ENTITIES],
    migrations: [...GROUPCALL_MIGRATIONS],
    poolSize: POOL_SIZE,
    poolErrorHandler: () => undefined,
    // Connections stay: their backends' CPU time is read by process id.
    extra: { keepAlive: true, idleTimeoutMillis: 0, ...postgresTimeLimits() },
  }) satisfies DataSourceOptions;

export async function openDataSource(url: string): Promise<DataSource> {
  return new DataSource(dataSourceOptions(url)).initialize();
}

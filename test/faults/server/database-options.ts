import { GROUPCALL_ENTITIES } from '@groupcall/groupcall/typeorm';
import type { DataSourceOptions } from 'typeorm';

interface Settings {
  readonly databaseUrl: string;
  readonly statementTimeout: number;
}

const COMMON = {
  entities: GROUPCALL_ENTITIES,
  synchronize: false,
  logging: false,
  poolSize: 12,
  retryAttempts: 1,
} as const;

/** As a host sets it up, with less patience; the URL says which kind of database it is. */
export function databaseOptions({ databaseUrl: url, statementTimeout }: Settings): DataSourceOptions {
  if (url.startsWith('mysql:')) {
    return { ...COMMON, type: 'mariadb', url, timezone: 'Z', connectTimeout: 3_000 };
  }
  return {
    ...COMMON,
    type: 'postgres',
    url,
    applicationName: `groupcall/${process.pid}`,
    connectTimeoutMS: 3_000,
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      statement_timeout: statementTimeout,
      lock_timeout: Math.floor(statementTimeout / 2),
      idle_in_transaction_session_timeout: statementTimeout,
    },
  };
}

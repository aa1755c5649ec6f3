import { groupcallEntities, groupcallMigrations, type TableOptions } from '@groupcall/groupcall/typeorm';
import { DataSource } from 'typeorm';
import { createMariaDbDatabase } from '../../support/mariadb.js';
import { createTestDatabase } from '../../support/postgres.js';
import { TwoProcesses } from './two-processes.js';

const common = (place: TableOptions) => ({
  entities: groupcallEntities(place),
  migrations: groupcallMigrations(place),
  poolSize: 10,
});

/** As a host has it. */
export function postgresSource(url: string, place: TableOptions = {}): DataSource {
  return new DataSource({
    ...common(place),
    type: 'postgres',
    url,
    connectTimeoutMS: 5_000,
    poolErrorHandler: () => undefined,
    extra: { statement_timeout: 10_000, lock_timeout: 8_000 },
  });
}

/** As a host has it. */
export function mariaDbSource(url: string, place: TableOptions = {}): DataSource {
  return new DataSource({ ...common(place), type: 'mariadb', url, timezone: 'Z', connectTimeout: 5_000 });
}

export const processesOnPostgres = async () => TwoProcesses.on(await createTestDatabase(), postgresSource);
export const processesOnMariaDb = async () => TwoProcesses.on(await createMariaDbDatabase(), mariaDbSource);

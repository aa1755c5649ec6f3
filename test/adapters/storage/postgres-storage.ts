import {
  GROUPCALL_ENTITIES,
  GROUPCALL_MIGRATIONS,
  groupcallStorage,
  runGroupcallMigrations,
} from '@groupcall/groupcall/typeorm';
import { DataSource } from 'typeorm';
import type { StorageEnvironment } from '../../../libs/groupcall/src/testing/contracts/storage/storage-environment.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

/** As a host has it. */
export function postgresSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: GROUPCALL_ENTITIES,
    migrations: GROUPCALL_MIGRATIONS,
    poolSize: 10,
    connectTimeoutMS: 5_000,
    poolErrorHandler: () => undefined,
    extra: { statement_timeout: 10_000, lock_timeout: 8_000 },
  });
}

/** A database of one test file, and two processes on it. */
export class PostgresStorage {
  private constructor(
    readonly database: TestDatabase,
    readonly sources: readonly [DataSource, DataSource],
  ) {}

  static async create(): Promise<PostgresStorage> {
    const database = await createTestDatabase();
    const [one, two] = await Promise.all([1, 2].map(() => postgresSource(database.url).initialize()));
    await runGroupcallMigrations(one);
    return new PostgresStorage(database, [one, two]);
  }

  /** Empties the tables for the next test. */
  async environment(): Promise<StorageEnvironment> {
    const [one, two] = this.sources;
    await one.query(
      'TRUNCATE groupcall_tree, groupcall, groupcall_leg, groupcall_outbox, groupcall_customer',
    );
    const [mine, other] = [groupcallStorage(one), groupcallStorage(two)];
    return { clock: mine.clock, processes: [mine, other], close: () => Promise.resolve() };
  }

  async drop(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.destroy()));
    await this.database.drop();
  }
}

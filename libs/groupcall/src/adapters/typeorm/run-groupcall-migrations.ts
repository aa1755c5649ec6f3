import type { DataSource } from 'typeorm';
import { dialectOf } from './dialect.js';
import { lockMysql, unlockMysql } from './mysql/migration-lock.js';
import { lockPostgres, unlockPostgres } from './postgres/migration-lock.js';

const LOCKS = {
  postgres: { lock: lockPostgres, unlock: unlockPostgres },
  mysql: { lock: lockMysql, unlock: unlockMysql },
};

/**
 * Brings the DataSource's database up to date. Several processes may start together: one migrates, the others wait
 * as long as it takes (TypeORM's own `runMigrations` fails then with a duplicate key). Runs every pending migration of
 * the DataSource, the host's as well; needs a pool of at least two connections.
 * @throws the first migration's error; migrations before it stay
 */
export async function runGroupcallMigrations(dataSource: DataSource): Promise<void> {
  const { lock, unlock } = LOCKS[dialectOf(dataSource)];
  const runner = dataSource.createQueryRunner();
  try {
    await lock(runner);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await unlock(runner).catch(() => undefined);
    await runner.release();
  }
}

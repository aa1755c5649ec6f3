import type { DataSource } from 'typeorm';

/** Any number that nobody else uses: names the lock. */
const LOCK = 6_712_909_471;

/**
 * Brings the DataSource's database up to date. Several processes may start together: one migrates, the others wait
 * (TypeORM's own `runMigrations` fails then with a duplicate key). Runs every pending migration of the DataSource, the
 * host's as well.
 * @throws the first migration's error; migrations before it stay
 */
export async function runGroupcallMigrations(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    await runner.release();
  }
}

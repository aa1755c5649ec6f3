import type { DataSource } from 'typeorm';

/** Any number that nobody else uses: names the lock. */
const LOCK = 6_712_909_471;

/**
 * Brings the DataSource's database up to date. Several processes may start together: one migrates, the others wait
 * as long as it takes (TypeORM's own `runMigrations` fails then with a duplicate key). Runs every pending migration of
 * the DataSource, the host's as well; needs a pool of at least two connections.
 * @throws the first migration's error; migrations before it stay
 */
export async function runGroupcallMigrations(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    // Time limits that a host has set for its statements are not meant for this wait.
    await runner.query(`SELECT set_config(name, '0', false) FROM unnest($1::text[]) AS name`, [LIMITS]);
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    for (const limit of LIMITS) await runner.query(`RESET ${limit}`).catch(() => undefined);
    await runner.release();
  }
}

const LIMITS = ['statement_timeout', 'lock_timeout'];

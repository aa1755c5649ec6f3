import type { QueryRunner } from 'typeorm';

/** Any number that nobody else uses: names the lock. */
const LOCK = 6_712_909_471;
const LIMITS = ['statement_timeout', 'lock_timeout'];

/** Waits until this session is the only one that migrates the database. */
export async function lockPostgres(runner: QueryRunner): Promise<void> {
  // Time limits that a host has set for its statements are not meant for this wait.
  await runner.query(`SELECT set_config(name, '0', false) FROM unnest($1::text[]) AS name`, [LIMITS]);
  await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
}

export async function unlockPostgres(runner: QueryRunner): Promise<void> {
  await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  for (const limit of LIMITS) await runner.query(`RESET ${limit}`);
}

import type pg from 'pg';

/** Deadlocks so far in the engine's own databases; of the last sessions they may be counted a moment later. */
export async function deadlocks(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ sum: string | null }>(
    `SELECT sum(deadlocks) AS sum FROM pg_stat_database WHERE datname ~ '_(groupcall|processes)_[0-9]+$'`,
  );
  return Number(rows[0].sum);
}

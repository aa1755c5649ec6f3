import type pg from 'pg';

/** Deadlocks so far in the engine's databases of this run; of the last sessions they may be counted a moment later. */
export async function deadlocks(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ sum: string | null }>(
    'SELECT sum(deadlocks) AS sum FROM pg_stat_database WHERE datname ~ $1',
    [`^groupcall_bench_${process.pid}_(groupcall|processes)_[0-9]+$`],
  );
  return Number(rows[0].sum);
}

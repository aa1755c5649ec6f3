import type pg from 'pg';

/** Bytes of WAL written since ever, by all databases of the server together. */
export async function walPosition(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ bytes: string }>(
    `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes`,
  );
  return Number(rows[0].bytes);
}

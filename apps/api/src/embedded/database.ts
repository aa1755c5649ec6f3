import pg from 'pg';
import { ROLE } from './cluster.js';

const TIMEOUT = 5_000;

/** The address that the application connects to. */
export function urlOf(port: number, password: string, database = ROLE): string {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
}

/** What a server says about itself to somebody with our password. */
export interface Introduction {
  readonly dataDirectory: string;
  /** For example `18.4`. */
  readonly version: string;
}

/** Connects as the superuser. Rejects when nobody answers, or not to our password. */
export async function introduce(port: number, password: string): Promise<Introduction> {
  return connected(port, password, async (client) => {
    const query = `SELECT current_setting('data_directory') AS folder, current_setting('server_version') AS version`;
    const { rows } = await client.query<{ folder: string; version: string }>(query);
    return { dataDirectory: rows[0]?.folder ?? '', version: rows[0]?.version ?? '' };
  });
}

/** Creates the application's database; one that exists stays as it is. */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  await connected(port, password, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [ROLE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${ROLE}`);
  });
}

async function connected<T>(
  port: number,
  password: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const connectionString = urlOf(port, password, 'postgres');
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: TIMEOUT,
    query_timeout: 4 * TIMEOUT,
  });
  // A connection that breaks while idle reports here; the query in hand rejects by itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

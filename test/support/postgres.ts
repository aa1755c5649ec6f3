import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** An empty database that belongs to one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Ends every connection to it and removes it; twice is the same as once. */
  drop(): Promise<void>;
}

/** The PostgreSQL of this run: the one that `TEST_DATABASE_URL` names, else an embedded one that ends with the run. */
export function testPostgresUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error('Tests that need PostgreSQL belong in test/adapters or test/e2e, where one is provided.');
  return url;
}

/** Creates a database with a name of its own on the run's PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `groupcall_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  // These servers do not crash, so nothing is gained by waiting for the disk; those that crash are the laboratory's.
  await administer(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  const url = new URL(testPostgresUrl());
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testPostgresUrl(), connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { TestDatabase } from './postgres.js';
import { mariaDbUrl } from './servers.js';

/**
 * Creates a database with a name of its own on the MariaDB of `TEST_MARIADB_URL`.
 * @param characterSet its default; missing: the server's
 */
export async function createMariaDbDatabase(characterSet?: string): Promise<TestDatabase> {
  const name = `groupcall_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}${characterSet ? ` CHARACTER SET ${characterSet}` : ''}`);
  const url = new URL(mariaDbUrl());
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => administer(`DROP DATABASE IF EXISTS ${name}`) };
}

async function administer(statement: string): Promise<void> {
  const connection = await createConnection({ uri: mariaDbUrl(), connectTimeout: 10_000 });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

import { runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import { DataSource } from 'typeorm';
import { SettingsError } from '../config/settings.error.js';
import { databaseOptions, MIGRATIONS } from '../database.js';

/**
 * Brings all tables up to date, the library's and the host's under one lock: of several processes that start together
 * one works and the others wait, as long as it takes.
 * @throws SettingsError when the database cannot be reached or used
 */
export async function prepareDatabase(url: string): Promise<void> {
  const dataSource = new DataSource({
    ...databaseOptions(url),
    migrations: MIGRATIONS,
    poolSize: 2,
    extra: { keepAlive: true },
  });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new SettingsError(`The database of DATABASE_URL cannot be used: ${reasonOf(error as Error)}.`);
  }
  try {
    await runGroupcallMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host is not known',
  '28P01': 'it refuses the password',
  '28000': 'it refuses the user',
  '3D000': 'there is no database of that name',
};

/** Without anything of the URL. Several addresses of one name fail as one error that holds theirs. */
function reasonOf(error: Error & { code?: string; errors?: { code?: string }[] }): string {
  const code = error.code ?? error.errors?.[0]?.code;
  return code === undefined ? 'it does not answer in time' : (REASONS[code] ?? `it answers ${code}`);
}

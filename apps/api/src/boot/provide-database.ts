import { join } from 'node:path';
import type { Settings } from '../app.config.js';
import { startEmbeddedPostgres } from '../embedded/index.js';

export interface ProvidedDatabase {
  readonly url: string;
  /** Stops it if we started it. */
  stop(): Promise<void>;
}

/** The database that the settings name, or one of our own below `DATA_DIR`. */
export async function provideDatabase(
  { databaseUrl, dataDir }: Settings,
  log: (line: string) => void,
): Promise<ProvidedDatabase> {
  if (databaseUrl) return { url: databaseUrl, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log });
}

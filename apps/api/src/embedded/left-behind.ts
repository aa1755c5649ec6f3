import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { introduce } from './database.js';
import { findPostmaster, type PostmasterPid } from './postmaster-pid.js';
import { stopPostgres } from './stop-postgres.js';

/** How long a server found running may take to answer: it may just be starting, or stopping, ms. */
const PATIENCE = 10_000;

/**
 * Takes over the PostgreSQL that a killed server left running in the folder. One that does not answer to our password, or is
 * of another version, is stopped.
 * @returns `undefined` when none is running any more.
 */
export async function adoptLeftBehind(
  folder: DataFolder,
  binaries: Binaries,
  password: string,
  log: (line: string) => void,
): Promise<PostmasterPid | undefined> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const found = await findPostmaster(folder.cluster);
    if (!found) return undefined;
    const answer = found.ready ? await introduce(found.port, password).catch(() => undefined) : undefined;
    const ours = answer?.dataDirectory === folder.cluster && answer.version === binaries.version;
    if (ours) {
      log(`adopting the PostgreSQL (process ${found.pid}) that an earlier run left behind`);
      return found;
    }
    if (answer || performance.now() > deadline) {
      log(`stopping the PostgreSQL (process ${found.pid}) that an earlier run left behind`);
      await stopPostgres(found.pid, folder, binaries);
      return undefined;
    }
    await delay(100);
  }
}

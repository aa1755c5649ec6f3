import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, stopLeftBehind } from '../../apps/api/src/embedded/index.js';
import { isAlive } from '../../apps/api/src/embedded/processes.js';
import { isAnswering } from './is-answering.js';
import { ABSENT_VARIABLE, MARIADB, REDIS, urlOf } from './servers.js';

const PREFIX = 'groupcall-test-';
const silent = () => undefined;

/**
 * Decides once per run which servers there are, and tells the workers through the environment.
 * @returns how to end what was started.
 */
export async function provideServers(): Promise<() => Promise<void>> {
  const [redis, mariaDb] = await Promise.all([
    isAnswering(urlOf(REDIS), 'PING\r\n'),
    isAnswering(urlOf(MARIADB)),
  ]);
  const absent = [...(redis ? [] : [REDIS.name]), ...(mariaDb ? [] : [MARIADB.name])];
  process.env[ABSENT_VARIABLE] = absent.join(',');
  if (process.env.TEST_DATABASE_URL) return () => Promise.resolve();
  return providePostgres();
}

async function providePostgres(): Promise<() => Promise<void>> {
  await removeLeftBehind();
  const dataDir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };
  const postgres = await startEmbeddedPostgres({ dataDir, log: silent, settings });
  process.env.TEST_DATABASE_URL = postgres.url;
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** What killed runs could not clean up. */
async function removeLeftBehind(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-', 1)[0]) : NaN;
    if (!Number.isInteger(pid) || (await isAlive(pid))) continue;
    const dataDir = join(tmpdir(), name);
    // Another user's leftovers are that user's to remove.
    await stopLeftBehind({ dataDir, log: silent })
      .then(() => rm(dataDir, { recursive: true, force: true }))
      .catch(silent);
  }
}

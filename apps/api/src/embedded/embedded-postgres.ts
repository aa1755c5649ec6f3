import { locateBinaries, type Binaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { openDataFolder, type DataFolder } from './data-folder.js';
import { ensureDatabase, urlOf } from './database.js';
import { claimFolder } from './folder-owner.js';
import { adoptLeftBehind } from './left-behind.js';
import { launchPostgres, type Settings } from './postgres-process.js';
import { findPostmaster } from './postmaster-pid.js';
import { requestStop, stopPostgres } from './stop-postgres.js';
import { Supervisor } from './supervisor.js';
import { usableBinaries } from './usable-binaries.js';

export interface EmbeddedPostgresOptions {
  /** The folder that keeps the database; made when it is missing. Its content is private to the database's user. */
  readonly dataDir: string;
  /** Receives short progress lines for the person at the terminal. */
  readonly log: (line: string) => void;
  /** Server settings besides our own, for example `{ fsync: 'off' }` in tests. Not applied to an adopted server. */
  readonly settings?: Settings;
}

/** A running PostgreSQL that belongs to this process. */
export interface EmbeddedPostgres {
  /** The application's database, with the superuser's name and password. It stays valid when PostgreSQL has to be restarted. */
  readonly url: string;
  readonly port: number;
  /** Whether it was found running, left behind by an earlier run that was killed. */
  readonly adopted: boolean;
  /** Stops the database: fast, after 10 s immediately. Never takes longer than 20 s; twice is the same as once. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with the installed packages, on a free port of 127.0.0.1, or adopts the one that a killed
 * server left behind in the same folder. A PostgreSQL that dies is started again; one whose server ends without `stop` is
 * asked to shut down.
 * @throws EmbeddedPostgresError, one sentence for the person at the terminal.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const installed = locateBinaries();
  const folder = await openDataFolder(options.dataDir, options.log);
  const release = await claimFolder(folder);
  try {
    const binaries = await usableBinaries(installed, folder.user, folder.home, options.log);
    return await start(folder, binaries, options, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Stops the PostgreSQL that a killed run left behind in a folder which nobody will start again.
 * @throws EmbeddedPostgresError when a living server uses the folder.
 */
export async function stopLeftBehind({
  dataDir,
  log,
}: Omit<EmbeddedPostgresOptions, 'settings'>): Promise<void> {
  const binaries = locateBinaries();
  const folder = await openDataFolder(dataDir, log);
  const release = await claimFolder(folder);
  try {
    const found = await findPostmaster(folder.cluster);
    if (found) await stopPostgres(found.pid, folder, binaries);
  } finally {
    await release();
  }
}

async function start(
  folder: DataFolder,
  binaries: Binaries,
  { log, settings = {} }: EmbeddedPostgresOptions,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const password = await ensureCluster(folder, binaries, log, settings.fsync !== 'off');
  const found = await adoptLeftBehind(folder, binaries, password, log);
  const { pid, port } = found ?? (await launchPostgres(folder, binaries, settings));
  try {
    await ensureDatabase(port, password);
  } catch (error) {
    await stopPostgres(pid, folder, binaries);
    throw error;
  }
  const restart = async () => (await launchPostgres(folder, binaries, settings, port)).pid;
  const supervisor = new Supervisor(pid, restart, log);
  const lastWord = () => requestStop(supervisor.pid);
  process.once('exit', lastWord);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await supervisor.end();
    await stopPostgres(supervisor.pid, folder, binaries);
    process.off('exit', lastWord);
    await release();
  };
  return {
    url: urlOf(port, password),
    port,
    adopted: found !== undefined,
    stop: () => (stopping ??= stop()),
  };
}

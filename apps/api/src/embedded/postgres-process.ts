import { spawn } from 'node:child_process';
import { closeSync, existsSync, fchmodSync, fchownSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { isAlive } from './processes.js';
import { spawnFailure, spawnOptions } from './postgres-environment.js';
import { findPostmaster, removeMisleadingPid, type PostmasterPid } from './postmaster-pid.js';

/** Recovery after a crash may take its time, ms. */
const READY_TIMEOUT = 60_000;
/** How long a start may fail for a reason that goes away by itself: the last processes of a killed server, a port just taken. */
const RETRY_FOR = 10_000;
const MAX_LOG_BYTES = 5_000_000;
const PASSING =
  /could not bind|address already in use|pre-existing shared memory block|could not create any TCP\/IP sockets/i;

/** Extra server settings, as `name → value`. */
export type Settings = Readonly<Record<string, string>>;

/**
 * Starts PostgreSQL in the folder and waits until it accepts connections.
 * @param port the port to take; a free one when absent.
 * @throws EmbeddedPostgresError with PostgreSQL's own reason when it does not start.
 */
export async function launchPostgres(
  folder: DataFolder,
  binaries: Binaries,
  settings: Settings,
  port?: number,
): Promise<PostmasterPid> {
  const deadline = performance.now() + RETRY_FOR;
  for (;;) {
    await removeMisleadingPid(folder.cluster);
    const result = await launchOnce(folder, binaries, settings, port ?? (await freePort()));
    if (typeof result !== 'string') return result;
    if (!PASSING.test(result) || performance.now() > deadline) {
      throw new EmbeddedPostgresError(`PostgreSQL did not start: ${result} (${folder.logFile} has more)`);
    }
    await delay(200);
  }
}

/** @returns the running server, or why there is none. */
async function launchOnce(
  folder: DataFolder,
  binaries: Binaries,
  settings: Settings,
  port: number,
): Promise<PostmasterPid | string> {
  const options = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...settings,
  };
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openLog(folder);
  try {
    // A session of its own: Ctrl-C in the terminal must stop the server first, and its database after it. Its words go to a
    // file, because a pipe to us would break when we are killed.
    const child = spawn(binaries.program('postgres'), ['-D', folder.cluster, ...args], {
      ...spawnOptions(folder),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    let ended: string | undefined;
    child.once('error', (error) => (ended = spawnFailure('postgres', error, folder)));
    child.once('exit', () => (ended ??= reasonIn(folder, log.start)));
    const deadline = performance.now() + READY_TIMEOUT;
    while (ended === undefined && performance.now() < deadline) {
      const running = await findPostmaster(folder.cluster);
      if (running?.ready && running.pid === child.pid) return running;
      await delay(20);
    }
    if (ended === undefined && child.pid !== undefined) process.kill(child.pid, 'SIGQUIT');
    return ended ?? `it was not ready after ${READY_TIMEOUT / 1000} s: ${reasonIn(folder, log.start)}`;
  } catch (error) {
    return spawnFailure('postgres', error, folder);
  } finally {
    closeSync(log.fd);
  }
}

/** Waits until a process has ended. @returns false when it still runs after `timeout` ms. */
export async function hasEnded(pid: number, timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout;
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

function openLog(folder: DataFolder): { fd: number; start: number } {
  const tooLong = existsSync(folder.logFile) && statSync(folder.logFile).size > MAX_LOG_BYTES;
  const fd = openSync(folder.logFile, tooLong ? 'w' : 'a', 0o600);
  fchmodSync(fd, 0o600);
  if (folder.user) fchownSync(fd, folder.user.uid, folder.user.gid);
  return { fd, start: statSync(folder.logFile).size };
}

/** The last line of this start that says why it failed. */
function reasonIn(folder: DataFolder, start: number): string {
  // Read when the process has ended, which may be after somebody removed the whole folder.
  const text = existsSync(folder.logFile)
    ? readFileSync(folder.logFile).subarray(start).toString('utf8')
    : '';
  const lines = text.trim().split('\n');
  const line = lines.filter((entry) => /FATAL|PANIC|could not/.test(entry)).at(-1) ?? lines.at(-1) ?? '';
  return line.replace(/^.*?(FATAL|PANIC|ERROR|LOG|WARNING):\s+/, '') || 'it said nothing';
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

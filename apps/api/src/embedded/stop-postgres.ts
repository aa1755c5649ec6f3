import { execFile } from 'node:child_process';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { hasEnded } from './postgres-process.js';
import { spawnOptions } from './postgres-environment.js';
import { isPostmasterOf } from './postmaster-pid.js';

/** PostgreSQL's ways to stop: `fast` ends sessions and writes everything out, `immediate` leaves a recovery to the next start. */
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
/** How long each way may take before the next, harder one, ms. */
const FAST_TIMEOUT = 10_000;
const IMMEDIATE_TIMEOUT = 5_000;

/**
 * Stops the PostgreSQL with this process number if it is the folder's: fast, after 10 s immediately, then by force. No data is
 * lost in any of them. One that has already ended is fine.
 * @throws EmbeddedPostgresError when it survives even that.
 */
export async function stopPostgres(pid: number, folder: DataFolder, binaries: Binaries): Promise<void> {
  if (!(await isPostmasterOf(pid, folder.cluster))) return;
  signal(pid, 'fast', folder, binaries);
  if (await hasEnded(pid, FAST_TIMEOUT)) return;
  signal(pid, 'immediate', folder, binaries);
  if (await hasEnded(pid, IMMEDIATE_TIMEOUT)) return;
  if (await isPostmasterOf(pid, folder.cluster)) send(pid, 'SIGKILL');
  if (!(await hasEnded(pid, IMMEDIATE_TIMEOUT))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL (process ${pid}) in ${folder.home} does not end: stop it by hand.`,
    );
  }
}

/** Asks for a shutdown without waiting: all that can be done while this process is already ending. */
export function requestStop(pid: number): void {
  if (process.platform !== 'win32') send(pid, SIGNALS.fast);
}

function signal(pid: number, mode: keyof typeof SIGNALS, folder: DataFolder, binaries: Binaries): void {
  if (process.platform !== 'win32') return send(pid, SIGNALS[mode]);
  // Windows has no signals; any would end the process on the spot.
  const args = ['stop', '-D', folder.cluster, '-m', mode, '-W'];
  execFile(binaries.program('pg_ctl'), args, spawnOptions(folder), () => undefined);
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in between.
  }
}

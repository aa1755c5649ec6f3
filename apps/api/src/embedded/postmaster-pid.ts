import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, EmbeddedPostgresError } from './embedded-postgres.error.js';
import { commandLineOf, isAlive } from './processes.js';

/** The command line of a PostgreSQL, ours or not. */
const PROGRAM = /(^|[/\\])postgres(\.exe)?"? -D /;

/** What a running PostgreSQL writes about itself into its data folder. */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  /** Accepts connections; before that it starts up, recovers or shuts down. */
  readonly ready: boolean;
}

/** Reads `postmaster.pid`; `undefined` when there is none or it is only half written. */
export async function readPostmasterPid(cluster: string): Promise<PostmasterPid | undefined> {
  const text = await readFile(fileOf(cluster), 'utf8').catch(() => '');
  // Lines: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * The PostgreSQL that runs from this data folder, started by us or left behind by a killed server. The number in the file may
 * since belong to a stranger, so the process must be one that was started with this very folder.
 */
export async function findPostmaster(cluster: string): Promise<PostmasterPid | undefined> {
  const entry = await readPostmasterPid(cluster);
  return entry && (await isPostmasterOf(entry.pid, cluster)) ? entry : undefined;
}

/** Whether `pid` is a living PostgreSQL that works in this data folder. */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  const line = `${await commandLineOf(pid)} `;
  if (!PROGRAM.test(line)) return false;
  // PostgreSQL changes into its data folder; where that may not be seen, its command line names it.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder !== undefined
    ? folder === cluster
    : line.includes(` -D ${cluster} `) || line.includes(` -D "${cluster}" `);
}

/**
 * Removes the file of a dead server whose number lives on in a stranger: PostgreSQL itself would refuse to start. The file of
 * a plainly dead one stays: PostgreSQL reads in it whether orphans of that server still hold its memory.
 * @throws EmbeddedPostgresError when the stranger is a PostgreSQL too, and might after all use the folder.
 */
export async function removeMisleadingPid(cluster: string): Promise<void> {
  const entry = await readPostmasterPid(cluster);
  if (!entry || !hasNumber(entry.pid) || (await isPostmasterOf(entry.pid, cluster))) return;
  if ((await isAlive(entry.pid)) && PROGRAM.test(await commandLineOf(entry.pid))) {
    throw new EmbeddedPostgresError(
      `Process ${entry.pid} is a PostgreSQL that may still use ${cluster}: stop it, or remove ${fileOf(cluster)} if it does not.`,
    );
  }
  await rm(fileOf(cluster), { force: true });
}

/** Whether the number is given to anything at all, a process waiting to be collected included. */
function hasNumber(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function fileOf(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

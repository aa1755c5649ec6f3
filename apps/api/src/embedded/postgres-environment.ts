import type { SpawnOptions } from 'node:child_process';
import type { DataFolder } from './data-folder.js';

/**
 * How every PostgreSQL program is started: as the folder's user, in a folder it can read, and without our environment:
 * PGDATA, PGPORT or LD_LIBRARY_PATH of the caller would change what it does.
 */
export function spawnOptions(
  folder: DataFolder,
): Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid' | 'windowsHide'> {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH ?? '' };
  for (const name of ['SystemRoot', 'TEMP', 'TMP', 'TMPDIR']) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  return { cwd: folder.home, env, windowsHide: true, ...folder.user };
}

/** Why no PostgreSQL program could be started at all, as a sentence. */
export function spawnFailure(program: string, error: unknown, folder: DataFolder): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return folder.user && (code === 'EPERM' || code === 'EINVAL')
    ? 'PostgreSQL may not run as root, and this root may not become another user: start as another user, or set DATABASE_URL.'
    : `${program} could not be started (${code}): run "npm ci" again, or set DATABASE_URL.`;
}

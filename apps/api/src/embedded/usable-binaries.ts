import { chmod, cp, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Binaries } from './binaries.js';
import { codeOf } from './embedded-postgres.error.js';
import { allows, canEnter, type RunAs } from './run-as.js';

/**
 * Makes the installed binaries runnable for `user`: in place if possible, else as a copy inside `copies`.
 * A copy is made once per version and may be used by several servers.
 */
export async function usableBinaries(
  installed: Binaries,
  user: RunAs | undefined,
  copies: string,
  log: (line: string) => void,
): Promise<Binaries> {
  if ((!user || isOpenTo(installed, user)) && (await createSymlinks(installed.root))) return installed;
  const copy = new Binaries(join(copies, `postgresql-${installed.packageVersion}`), installed.packageVersion);
  if (!existsSync(copy.root)) {
    log(`copying the PostgreSQL binaries to ${copy.root}, where the database's user can run them`);
    await copyBinaries(installed.root, copy.root);
  }
  return copy;
}

function isOpenTo(binaries: Binaries, user: RunAs): boolean {
  const folders = ['bin', 'lib', 'share'].map((name) => join(binaries.root, name));
  return folders.every((folder) => canEnter(folder, user)) && allows(binaries.program('postgres'), user, 0o5);
}

/**
 * The package's install script makes the libraries' symlinks; `npm ci --ignore-scripts` leaves them out.
 * @returns false when they are missing and this user may not make them.
 */
async function createSymlinks(root: string): Promise<boolean> {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    try {
      await symlink(basename(source), join(root, '..', target));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' && !existsSync(join(root, '..', target))) return false;
    }
  }
  return true;
}

/** Complete or absent: the copy gets its name only when all of it is there. */
async function copyBinaries(from: string, to: string): Promise<void> {
  const staging = join(`${to}.new-${process.pid}`, 'native');
  await rm(dirname(staging), { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await cp(from, staging, { recursive: true, verbatimSymlinks: true });
  await openToAll(staging);
  await createSymlinks(staging);
  try {
    await rename(staging, to);
  } catch (error) {
    // Another server was faster with the same copy.
    if (!existsSync(to)) throw error;
  } finally {
    await rm(dirname(staging), { recursive: true, force: true });
  }
}

/** A strict umask at install time leaves files that only their owner can read. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

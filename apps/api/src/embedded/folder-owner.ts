import { chown, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFolder } from './data-folder.js';
import { codeOf, EmbeddedPostgresError } from './embedded-postgres.error.js';
import { isAlive, startOf } from './processes.js';

/** How long a new server waits for one that is just stopping, ms. */
const PATIENCE = 3_000;
const held = new Set<string>();

/**
 * Makes this process the only one that runs the folder's database, until the returned function is called or the process ends.
 * @throws EmbeddedPostgresError when another living server has it.
 */
export async function claimFolder(folder: DataFolder): Promise<() => Promise<void>> {
  const file = folder.ownerFile;
  if (held.has(file)) throw taken(folder, process.pid);
  held.add(file);
  try {
    await claim(folder);
  } catch (error) {
    held.delete(file);
    throw error;
  }
  return async () => {
    await rm(file, { force: true });
    held.delete(file);
  };
}

async function claim(folder: DataFolder): Promise<void> {
  const file = folder.ownerFile;
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, start: await startOf(process.pid) }), {
    mode: 0o600,
  });
  if (folder.user) await chown(mine, folder.user.uid, folder.user.gid);
  try {
    const deadline = performance.now() + PATIENCE;
    // link() makes the complete file appear at once, and fails if there is one.
    while (!(await succeeds(link(mine, file), 'EEXIST'))) {
      const found = await readIfPresent(file);
      if (found === undefined) continue;
      const owner = await livingOwner(found);
      if (owner === undefined) await discard(file, found);
      else if (performance.now() > deadline) throw taken(folder, owner);
      else await delay(100);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Moves a dead owner's file away, and puts it back if somebody living has replaced it in between. */
async function discard(file: string, dead: string): Promise<void> {
  const aside = `${file}.${process.pid}.dead`;
  if (!(await succeeds(rename(file, aside), 'ENOENT'))) return;
  if ((await readFile(aside, 'utf8')) !== dead) await succeeds(link(aside, file), 'EEXIST');
  await rm(aside, { force: true });
}

async function livingOwner(content: string): Promise<number | undefined> {
  try {
    const { pid, start } = JSON.parse(content) as { pid: number; start: string };
    // Our own number in a file that we did not write: we were given a dead server's number, as happens in containers.
    const living = pid !== process.pid && (await isAlive(pid)) && (await startOf(pid)) === start;
    return living ? pid : undefined;
  } catch {
    return undefined;
  }
}

function taken(folder: DataFolder, pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The database in ${folder.home} is already in use by the server with process number ${pid}: stop it, or set DATABASE_URL for this one.`,
  );
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function succeeds(operation: Promise<void>, expected: string): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (codeOf(error) === expected) return false;
    throw error;
  }
}

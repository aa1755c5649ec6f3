import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';

/** Bytes that have to be free in memory: a container has 64 MiB there unless it was given more. */
const PLENTY = 2 ** 30;

/**
 * A new folder for many small files that are thrown away soon: in memory where there is plenty, because a disk takes ten
 * times as long to make them. Programs may not be startable from there.
 */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(hasPlenty() ? IN_MEMORY : tmpdir(), prefix));
}

function hasPlenty(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= PLENTY;
  } catch {
    return false;
  }
}

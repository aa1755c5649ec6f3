import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The user PostgreSQL runs as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on most systems; a user by number needs no entry in /etc/passwd. */
const UNPRIVILEGED = 65534;

/**
 * PostgreSQL refuses to run as root: then it runs as the owner of the data folder, or as an unprivileged number.
 * @returns `undefined` when this process is not root and PostgreSQL simply runs as we do.
 */
export function chooseRunAs(owner?: RunAs): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return { uid: UNPRIVILEGED, gid: UNPRIVILEGED };
}

/** Whether `user` may enter `folder` and every folder above it, judged by owner, group and mode. */
export function canEnter(folder: string, user: RunAs): boolean {
  let current = realpathSync(folder);
  for (;;) {
    if (!allows(current, user, 0o1)) return false;
    const parent = dirname(current);
    if (parent === current) return true;
    current = parent;
  }
}

/** Whether the mode of `path` grants `user` all of `bits` (4 read, 2 write, 1 run or enter). */
export function allows(path: string, user: RunAs, bits: number): boolean {
  const { mode, uid, gid } = statSync(path);
  const granted = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode;
  return (granted & bits) === bits;
}

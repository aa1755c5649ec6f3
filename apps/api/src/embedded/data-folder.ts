import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, EmbeddedPostgresError } from './embedded-postgres.error.js';
import { canEnter, chooseRunAs, type RunAs } from './run-as.js';

/** Where one embedded database lives: a folder that only the user PostgreSQL runs as may open. */
export class DataFolder {
  /** PostgreSQL's own data folder; it exists only when it is complete. */
  readonly cluster: string;
  readonly passwordFile: string;
  readonly logFile: string;
  /** Names the server process that uses the folder. */
  readonly ownerFile: string;

  constructor(
    readonly home: string,
    /** `undefined`: as we ourselves. */
    readonly user: RunAs | undefined,
  ) {
    this.cluster = join(home, 'cluster');
    this.passwordFile = join(home, 'password');
    this.logFile = join(home, 'postgres.log');
    this.ownerFile = join(home, 'owner.json');
  }
}

/** Names by which an existing folder is known to be ours. */
const TRACES = /^(owner\.json|password$|cluster)/;
/** Bases only root can write to, for a database whose wanted folder lies below a private one. */
const BASES = ['/var/lib', '/var/db', '/opt'];

/**
 * Creates the folder, or takes it as it is. As root, with a folder that an unprivileged user cannot reach (a project below
 * /root), the database lives in a folder of its own elsewhere, the same one on every start.
 * @throws EmbeddedPostgresError when the folder cannot be used or is not ours.
 */
export async function openDataFolder(dataDir: string, log: (line: string) => void): Promise<DataFolder> {
  const wanted = resolve(dataDir);
  try {
    const home = await reachableHome(wanted);
    if (home !== wanted) {
      log(
        `the database lives in ${home}: PostgreSQL may not run as root, and nobody else may enter ${dirname(wanted)}`,
      );
    }
    const user = chooseRunAs(ownerOf(home));
    await takeOver(home, user);
    return new DataFolder(await realpath(home), user);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || codeOf(error) === undefined) throw error;
    throw new EmbeddedPostgresError(
      `The database folder ${wanted} cannot be used (${codeOf(error)}): make it writable, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function reachableHome(wanted: string): Promise<string> {
  const user = chooseRunAs(ownerOf(wanted));
  if (!user || canEnter(await makeParents(wanted), user)) return wanted;
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const base = BASES.find((candidate) => existsSync(candidate) && canEnter(candidate, user));
  if (base) {
    const home = join(base, 'groupcall', name);
    await makeParents(home);
    return home;
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL may not run as root, and there is no folder that another user may enter: start as another user, or set DATABASE_URL.',
  );
}

/** Creates the folders above `path`; those that are new are open to enter, whatever the umask says. */
async function makeParents(path: string): Promise<string> {
  const parent = dirname(path);
  const first = await mkdir(parent, { recursive: true });
  if (first && process.getuid?.() === 0) {
    for (let made = parent; made.startsWith(first); made = dirname(made)) await chmod(made, 0o755);
  }
  return parent;
}

async function takeOver(home: string, user: RunAs | undefined): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const owner = ownerOf(home);
  const self = user?.uid ?? process.getuid?.();
  if (owner && owner.uid !== self && !(user && owner.uid === 0)) {
    throw new EmbeddedPostgresError(
      `The database folder ${home} belongs to user ${owner.uid}: start as that user, remove the folder to begin anew, or set DATABASE_URL.`,
    );
  }
  const names = await readdir(home);
  if (names.length > 0 && !names.some((name) => TRACES.test(name))) {
    throw new EmbeddedPostgresError(
      `The folder ${home} holds something else than this database: choose an empty one.`,
    );
  }
  if (user) await chown(home, user.uid, user.gid);
  await chmod(home, 0o700);
}

function ownerOf(path: string): RunAs | undefined {
  return process.getuid && existsSync(path) ? statSync(path) : undefined;
}

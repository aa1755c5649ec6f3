import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { codeOf, EmbeddedPostgresError } from './embedded-postgres.error.js';
import { withNamelessUserTools } from './nameless-user.js';
import { spawnFailure, spawnOptions } from './postgres-environment.js';

/** The database superuser, and the database of the same name. */
export const ROLE = 'groupcall';

const INITDB_TIMEOUT = 120_000;
/** Password logins over the loopback interface and nothing else. */
const HBA = `host all ${ROLE} 127.0.0.1/32 scram-sha-256\n`;

/**
 * Makes sure that the folder holds a complete database cluster of this PostgreSQL version.
 * @param durable whether to wait until a new one is on the disk.
 * @returns the superuser's password.
 * @throws EmbeddedPostgresError when it belongs to another version, or cannot be made.
 */
export async function ensureCluster(
  folder: DataFolder,
  binaries: Binaries,
  log: (line: string) => void,
  durable = true,
): Promise<string> {
  if (!existsSync(folder.cluster)) {
    log(`creating a PostgreSQL ${binaries.version} database in ${folder.home}`);
    await createCluster(folder, binaries, durable);
  }
  const version = (
    await readFile(join(folder.cluster, 'PG_VERSION'), 'utf8').catch(() => 'an unknown version')
  ).trim();
  if (version !== binaries.major) {
    throw new EmbeddedPostgresError(
      `The database in ${folder.home} was made by PostgreSQL ${version} and this one is ${binaries.major}: dump and restore it, or move the folder away.`,
    );
  }
  try {
    return (await readFile(folder.passwordFile, 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The password file ${folder.passwordFile} cannot be read (${codeOf(error)}): restore it, or move the folder away.`,
      { cause: error },
    );
  }
}

/** Complete or absent: a process killed halfway leaves only a folder that the next start removes. */
async function createCluster(folder: DataFolder, binaries: Binaries, durable: boolean): Promise<void> {
  for (const name of await readdir(folder.home)) {
    if (name.startsWith('cluster.new-')) await rm(join(folder.home, name), { recursive: true, force: true });
  }
  await writeFile(folder.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (folder.user) await chown(folder.passwordFile, folder.user.uid, folder.user.gid);
  const staging = `${folder.cluster}.new-${process.pid}`;
  await initdb(folder, binaries, staging, durable);
  await writeFile(join(staging, 'pg_hba.conf'), HBA);
  await rename(staging, folder.cluster);
}

async function initdb(
  folder: DataFolder,
  binaries: Binaries,
  target: string,
  durable: boolean,
): Promise<void> {
  const args = ['-D', target, `--username=${ROLE}`, `--pwfile=${folder.passwordFile}`];
  args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions');
  if (!durable) args.push('--no-sync');
  let failure = await run(binaries.program('initdb'), args, folder);
  if (failure?.includes('could not look up effective user ID')) {
    failure = await withNamelessUserTools(folder, binaries, (tools) =>
      run(tools.program('initdb'), args, folder),
    );
  }
  if (failure)
    throw new EmbeddedPostgresError(`The database could not be created in ${folder.home}: ${failure}`);
}

/** @returns what the program complained about, or `undefined` when it succeeded. */
async function run(program: string, args: string[], folder: DataFolder): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { ...spawnOptions(folder), timeout: INITDB_TIMEOUT };
    try {
      execFile(program, args, options, (error, _stdout, stderr) => {
        if (!error) return resolve(undefined);
        if (error.killed) return resolve(`initdb took longer than ${INITDB_TIMEOUT / 1000} s.`);
        resolve(stderr.trim().split('\n').at(0) || spawnFailure('initdb', error, folder));
      });
    } catch (error) {
      resolve(spawnFailure('initdb', error, folder));
    }
  });
}

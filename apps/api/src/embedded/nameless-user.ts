import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';

/**
 * `initdb` and the single-user server it calls refuse to work for a user without an entry in /etc/passwd (containers that
 * run under an arbitrary number), although they use the name only as a default that we override. These are copies of the two
 * programs that ask for the first entry of the user list (`getpwent`) instead of our own (`getpwuid`): both names have
 * eight letters and both functions return the same structure. The server proper never asks and runs unchanged.
 */
export async function withNamelessUserTools<T>(
  folder: DataFolder,
  binaries: Binaries,
  use: (tools: Binaries) => Promise<T>,
): Promise<T> {
  const tools = new Binaries(join(folder.home, `initdb-${process.pid}`), binaries.packageVersion);
  await rm(tools.root, { recursive: true, force: true });
  try {
    await mkdir(join(tools.root, 'bin'), { recursive: true, mode: 0o755 });
    for (const name of ['lib', 'share']) await symlink(join(binaries.root, name), join(tools.root, name));
    for (const name of ['initdb', 'postgres'] as const) {
      const program = await readFile(binaries.program(name));
      await writeFile(tools.program(name), withFirstUser(program), { mode: 0o755 });
    }
    return await use(tools);
  } finally {
    await rm(tools.root, { recursive: true, force: true });
  }
}

function withFirstUser(program: Buffer): Buffer {
  const at = program.indexOf('\0getpwuid\0');
  if (at >= 0) program.write('getpwent', at + 1, 'latin1');
  return program;
}

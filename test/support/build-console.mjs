// Builds the console when a source of it is newer: the server under test serves what is built, and `npx jest` builds nothing.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['apps/console/src', 'apps/api/src/console', 'scripts'];

export async function buildConsoleIfStale() {
  const built = join(root, 'apps/api/dist/page/index.html');
  const since = existsSync(built) ? statSync(built).mtimeMs : 0;
  const isNewer = (folder) =>
    readdirSync(join(root, folder)).some((name) => statSync(join(root, folder, name)).mtimeMs > since);
  if (!SOURCES.some(isNewer)) return;
  const { buildConsole } = await import('../../scripts/build-console.mjs');
  await buildConsole();
}

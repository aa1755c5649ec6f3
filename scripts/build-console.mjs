// Builds the console's page into apps/api/dist/page: one script, one style sheet, one page, nothing else to load.
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'apps/console/src');
const target = join(root, 'apps/api/dist/page');

export async function buildConsole() {
  await mkdir(target, { recursive: true });
  await build({
    entryPoints: { console: join(source, 'main.tsx') },
    outdir: target,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: 'linked',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    conditions: ['@groupcall/source'],
    logLevel: 'warning',
    legalComments: 'eof',
  });
  await cp(join(source, 'index.html'), join(target, 'index.html'));
}

export async function cleanConsole() {
  await rm(target, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await (process.argv[2] === '--clean' ? cleanConsole() : buildConsole());
}

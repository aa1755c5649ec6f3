// `npm run chaos`: builds what is stale, takes the types off the laboratory, and runs it in a process group of its own, so that
// nothing it has started outlives it, however it ends.
import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import swc from '@swc/core';
import { prepare, root } from '../../scripts/prepare.mjs';

const cache = join(root, 'node_modules', '.cache', `groupcall-faults-${process.pid}`);

async function compile(folder) {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith('.ts') || entry.name.endsWith('.spec.ts')) continue;
    const source = join(entry.parentPath ?? entry.path, entry.name);
    const target = join(cache, source.slice(root.length)).replace(/\.ts$/, '.js');
    const { code } = await swc.transformFile(source, {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        target: 'es2023',
        keepClassNames: true,
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
      swcrc: false,
    });
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}

await prepare();
await compile('test/faults');
await compile('test/support');
await writeFile(join(cache, 'package.json'), '{"type":"module"}');

const child = spawn(
  process.execPath,
  ['--enable-source-maps', join(cache, 'test/faults/main.js'), ...process.argv.slice(2)],
  { cwd: root, detached: true, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);
// Whoever kills us as well: somebody else cleans up.
spawn(
  'sh',
  [
    '-c',
    'while kill -0 "$1" 2>/dev/null; do sleep 1; done; kill -9 -- "-$2" 2>/dev/null',
    'sh',
    process.pid,
    child.pid,
  ].map(String),
  { detached: true, stdio: 'ignore' },
).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
child.once('exit', async (code) => {
  try {
    // Whatever is left of it.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is.
  }
  await rm(cache, { recursive: true, force: true });
  process.exit(code ?? 1);
});

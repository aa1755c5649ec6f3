// `npm run chaos`: takes the types off libraries and laboratory, and runs it in a process group of its own, so that nothing it
// has started outlives it, however it ends. DEFECT: a defect as JSON (`test/mutants/defect.ts`) that the servers then have.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { spoilt } from '../mutants/spoil.mjs';
import { compileFile, compileInto, jsOf, newFolder, root } from '../simulation/compile.mjs';

const cache = newFolder('faults');
await compileInto(cache, ['test/faults', 'test/support']);
const defect = JSON.parse(process.env.DEFECT ?? 'null');
if (defect) {
  const source = await readFile(join(root, defect.file), 'utf8');
  await compileFile(defect.file, join(cache, jsOf(defect.file)), spoilt(source, defect));
}

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
child.once('exit', async (code, signal) => {
  if (signal !== null) process.stderr.write(`the laboratory was ended by ${signal}\n`);
  try {
    // Whatever is left of it.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is.
  }
  await rm(cache, { recursive: true, force: true });
  process.exit(code ?? 1);
});

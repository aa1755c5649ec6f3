// `npm run bench`: how fast it is, beside other ways of doing the same job. README.md says what is measured and how.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileInto, newFolder } from '../test/simulation/compile.mjs';

const folder = newFolder('bench');
let reached = false;
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort());
try {
  await compileInto(folder, ['bench', 'apps/api/src', 'test/support']);
  process.setSourceMapsEnabled(true);
  await import('reflect-metadata');
  const { bench } = await import(pathToFileURL(join(folder, 'bench/main.js')).href);
  reached = await bench(
    process.argv.slice(2),
    join(import.meta.dirname, '..', 'docs', 'benchmarks'),
    interruption.signal,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(reached ? 0 : 1);

// `npm run simulate`: thousands of worlds in virtual time. README.md says what they are.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileInto, newFolder } from './compile.mjs';

const folder = newFolder('simulation');
let right = false;
try {
  await compileInto(folder);
  process.setSourceMapsEnabled(true);
  const { simulate } = await import(pathToFileURL(join(folder, 'test/simulation/main.js')).href);
  right = await simulate(process.argv.slice(2), join(import.meta.dirname, 'corpus.json'));
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(right ? 0 : 1);

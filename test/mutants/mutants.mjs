// `npm run test:mutants`: the tests of the tests. README.md of the simulation says what it is for.
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { compileFile, compileInto, jsOf, newFolder, root } from '../simulation/compile.mjs';
import { spoilt } from './spoil.mjs';

const folder = newFolder('mutants');
const whole = join(folder, 'whole');
let copies = 0;

/** Hard links, so that a copy costs next to nothing; the spoilt file is one of its own. */
async function makeCopy(defect) {
  copies += 1;
  const copy = join(folder, `copy-${copies}`);
  await promisify(execFile)('cp', ['-al', whole, copy]);
  if (defect) {
    const { file } = defect;
    const source = await readFile(join(root, file), 'utf8');
    const target = join(copy, jsOf(file));
    await rm(target);
    await compileFile(file, target, spoilt(source, defect));
  }
  return {
    hunter: join(copy, 'test/mutants/hunter.js'),
    remove: () => rm(copy, { recursive: true, force: true }),
  };
}

let right = false;
try {
  await compileInto(whole);
  const { runMutants } = await import(pathToFileURL(join(whole, 'test/mutants/main.js')).href);
  right = await runMutants(process.argv.slice(2), root, makeCopy);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(right ? 0 : 1);

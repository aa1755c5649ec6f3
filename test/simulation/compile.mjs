// Takes the types off the libraries and of the tests that need no jest, into a folder of their own in which plain Node finds
// everything: thousands of worlds run several times faster than under jest, and a defect can be put into one file of a copy.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import swc from '@swc/core';

export const root = join(import.meta.dirname, '..', '..');
const LIBRARIES = ['shared', 'address', 'groupcall'];
const SOURCES = [
  ...LIBRARIES.map((name) => `libs/${name}/src`),
  'test/simulation',
  'test/property',
  'test/mutants',
  'test/faults/checker',
  'test/faults/judge',
  'test/faults/world',
];

/** A folder for one run; the caller removes it. */
export function newFolder(name) {
  return join(root, 'node_modules', '.cache', `groupcall-${name}-${process.pid}`);
}

/** @param more folders of sources besides those that every run needs */
export async function compileInto(folder, more = []) {
  await rm(folder, { recursive: true, force: true });
  const files = ['test/faults/random.ts'];
  for (const source of [...SOURCES, ...more]) files.push(...(await sourcesIn(source)));
  await Promise.all(files.map((file) => compileFile(file, join(folder, jsOf(file)))));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of LIBRARIES) {
    const place = join(folder, 'node_modules', '@groupcall', name);
    await mkdir(place, { recursive: true });
    // Our own packages are the compiled sources beside them, whatever was built before: every entry that they export.
    const exports = {};
    for (const [entry, { '@groupcall/source': source }] of Object.entries(await exportsOf(name))) {
      exports[entry] = `./${entry === '.' ? 'index' : entry.slice(2)}.js`;
      const compiled = jsOf(source).replace(/^\.\//, `../../../libs/${name}/`);
      await writeFile(join(place, exports[entry]), `export * from '${compiled}';\n`);
    }
    await writeFile(join(place, 'package.json'), JSON.stringify({ type: 'module', exports }));
  }
}

/** @param source the text to compile instead of the file's own */
export async function compileFile(file, target, source) {
  const options = {
    filename: join(root, file),
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: 'es2023',
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
    swcrc: false,
  };
  const { code } =
    source === undefined
      ? await swc.transformFile(join(root, file), options)
      : await swc.transform(source, options);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

async function exportsOf(library) {
  return JSON.parse(await readFile(join(root, 'libs', library, 'package.json'), 'utf8')).exports;
}

export function jsOf(file) {
  return file.replace(/\.ts$/, '.js');
}

async function sourcesIn(folder) {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => path.slice(root.length + 1));
}

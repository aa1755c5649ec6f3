// One package out of three libraries: the built files that its entry points reach, with imports of each other rewritten.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { LIBRARIES, workspace } from './resolve.mjs';

/** Used through another package or at run time only, so no file of ours names them. */
const UNNAMED = ['ioredis', 'mysql2', 'pg', 'reflect-metadata', 'rxjs'];

/**
 * Writes the package into `target`, which is emptied first.
 * @param {string} root of the workspace, built
 * @returns the manifest
 */
export function assemble(root, target) {
  const space = workspace(root);
  const entries = entryPoints(space);
  const { files, externals } = reach(space, Object.values(entries).flatMap(Object.values));
  const manifest = manifestOf(space, entries, root);
  checkDeclared(manifest, externals);

  rmSync(target, { recursive: true, force: true });
  for (const file of files) write(file, join(target, placeOf(space, file)), space);
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
    const own = join(root, 'libs', 'groupcall', name);
    cpSync(name === 'README.md' ? own : join(root, name), join(target, name));
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** What groupcall offers, and the addresses. */
function entryPoints({ manifests, entry }) {
  const found = {};
  for (const subpath of Object.keys(manifests.get('groupcall').exports))
    found[subpath] = files('groupcall', subpath);
  found['./address'] = files('address', '.');
  return found;

  function files(library, subpath) {
    return { types: entry(library, subpath, 'types'), default: entry(library, subpath, 'default') };
  }
}

/** Every built file that is needed, and the packages that they name. */
function reach({ resolve }, start) {
  const files = new Set(start);
  const externals = new Set();
  for (const file of files) {
    for (const { fileName } of importsOf(readFileSync(file, 'utf8'))) {
      const found = resolve(fileName, file);
      if ('file' in found) files.add(found.file);
      else externals.add(found.external);
    }
  }
  return { files, externals };
}

/** Every module that a file names, and where: imports, exports, `import()` and, in declarations, `import('…').Type`. */
function importsOf(text) {
  const source = ts.createSourceFile('any.ts', text, ts.ScriptTarget.Latest);
  const found = [];
  const visit = (node) => {
    const named = node.moduleSpecifier ?? node.argument?.literal ?? importCall(node);
    if (named && ts.isStringLiteral(named))
      found.push({ fileName: named.text, pos: named.getStart(source), end: named.end });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function importCall(node) {
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport ? node.arguments[0] : undefined;
}

function placeOf({ dist }, file) {
  const library = LIBRARIES.find((name) => file.startsWith(dist(name) + sep));
  return join('dist', library, relative(dist(library), file));
}

function write(file, to, space) {
  mkdirSync(dirname(to), { recursive: true });
  let text = readFileSync(file, 'utf8');
  // From the back, so that the positions of those before stay right.
  for (const { fileName, pos, end } of importsOf(text).reverse()) {
    if (!fileName.startsWith('@groupcall/')) continue;
    const { file: target } = space.resolve(fileName, file);
    const path = relative(dirname(placeOf(space, file)), placeOf(space, target))
      .split(sep)
      .join('/');
    const specifier = (path.startsWith('.') ? path : `./${path}`).replace(/\.d\.ts$/, '.js');
    text = text.slice(0, pos) + text.slice(pos, end).replace(fileName, specifier) + text.slice(end);
  }
  if (/(['"])@groupcall\//.test(text)) throw new Error(`${file} still names a library of the workspace.`);
  if (file.endsWith('.d.ts')) {
    // There are no sources beside it to which a map could lead.
    writeFileSync(to, text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'));
    return;
  }
  writeFileSync(to, text);
  writeFileSync(`${to}.map`, sourceMap(`${file}.map`, placeOf(space, file)));
}

/** The map brings its source along; the path only says where it belongs. */
function sourceMap(file, place) {
  const map = JSON.parse(readFileSync(file, 'utf8'));
  if (!map.sourcesContent?.length) throw new Error(`${file} has no sources in it: build with inlineSources.`);
  const source = place.replace(/^dist/, 'src').replace(/\.js$/, '.ts');
  map.sources = [relative(dirname(place), source).split(sep).join('/')];
  return JSON.stringify(map);
}

function manifestOf({ manifests }, entries, root) {
  const {
    name: _name,
    private: _private,
    exports: _exports,
    dependencies,
    ...own
  } = manifests.get('groupcall');
  const all = Object.assign({}, ...LIBRARIES.map((name) => manifests.get(name).dependencies), dependencies);
  const external = Object.entries(all).filter(([name]) => !name.startsWith('@groupcall/'));
  const inPackage = (file) => `./${placeOf(workspace(root), file).split(sep).join('/')}`;
  return {
    name: 'nestjs-groupcall',
    ...own,
    engines: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines,
    files: ['dist', 'CHANGELOG.md'],
    main: inPackage(entries['.'].default),
    types: inPackage(entries['.'].types),
    exports: {
      ...Object.fromEntries(
        Object.entries(entries).map(([subpath, { types, default: js }]) => [
          subpath,
          { types: inPackage(types), default: inPackage(js) },
        ]),
      ),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(external.sort()),
  };
}

/** A package that is named and not declared breaks strict installers; one that is declared and not named is a burden. */
function checkDeclared({ dependencies, peerDependencies }, externals) {
  const declared = Object.keys({ ...dependencies, ...peerDependencies });
  const named = [...externals].filter((name) => !name.startsWith('node:'));
  const missing = named.filter((name) => !declared.includes(name));
  if (missing.length > 0)
    throw new Error(`libs/groupcall/package.json does not declare ${missing.join(', ')}.`);
  const idle = declared.filter((name) => !named.includes(name) && !UNNAMED.includes(name));
  if (idle.length > 0) throw new Error(`Nothing in the package uses ${idle.join(', ')}.`);
}

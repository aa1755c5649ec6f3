// Which built file an import of our own means, inside the workspace.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const OURS = /^@groupcall\/([^/]+)(\/.*)?$/;

/** The libraries that the package is made of; each becomes a folder of its `dist`. */
export const LIBRARIES = ['shared', 'address', 'groupcall'];

/** @param {string} root of the workspace */
export function workspace(root) {
  const manifests = new Map(
    LIBRARIES.map((name) => [
      name,
      JSON.parse(readFileSync(join(root, 'libs', name, 'package.json'), 'utf8')),
    ]),
  );
  const dist = (library) => join(root, 'libs', library, 'dist');

  /** The built file behind an entry point such as `.` or `./typeorm`. */
  function entry(library, subpath, condition) {
    const file = manifests.get(library)?.exports[subpath]?.[condition];
    if (!file) throw new Error(`@groupcall/${library} has no entry point "${subpath}".`);
    return join(root, 'libs', library, file);
  }

  /**
   * @returns {{ file: string } | { external: string }} a file of ours, or the package or Node module that it names
   */
  function resolve(specifier, importer) {
    const condition = importer.endsWith('.d.ts') ? 'types' : 'default';
    if (specifier.startsWith('.')) {
      const js = join(dirname(importer), specifier);
      const file = condition === 'types' ? js.replace(/\.js$/, '.d.ts') : js;
      if (!existsSync(file)) throw new Error(`${importer} imports ${specifier}, which was not built.`);
      return { file };
    }
    const ours = OURS.exec(specifier);
    if (ours) return { file: entry(ours[1], `.${ours[2] ?? ''}`, condition) };
    if (specifier.startsWith('node:')) return { external: specifier };
    return { external: specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/') };
  }

  return { manifests, dist, entry, resolve };
}

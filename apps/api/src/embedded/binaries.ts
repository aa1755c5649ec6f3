import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';

const require = createRequire(import.meta.url);
const INSTEAD = 'set DATABASE_URL to a PostgreSQL server of your own';

/** The PostgreSQL that the npm package for this platform brings. */
export class Binaries {
  constructor(
    /** The folder that holds `bin`, `lib` and `share`. */
    readonly root: string,
    /** The npm package's version, for example `18.4.0-beta.17`. */
    readonly packageVersion: string,
  ) {}

  /** The server's version as it names itself, for example `18.4`. */
  get version(): string {
    return this.packageVersion.split('.').slice(0, 2).join('.');
  }

  /** Only servers of the same major version can read each other's data folder. */
  get major(): string {
    return this.packageVersion.split('.', 1)[0] ?? '';
  }

  program(name: 'initdb' | 'postgres' | 'pg_ctl'): string {
    return join(this.root, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  }
}

/**
 * Finds the binaries among the installed packages.
 * @throws EmbeddedPostgresError when the platform has none or the package was not installed.
 */
export function locateBinaries(): Binaries {
  if (process.platform === 'linux' && isMusl()) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs glibc and this Linux has musl (Alpine): use a Debian-based image, or ${INSTEAD}.`,
    );
  }
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const entry = resolvePackage(name);
  if (!entry) {
    throw new EmbeddedPostgresError(
      `The package ${name} is not installed: run "npm ci" without --omit=optional, or ${INSTEAD}.`,
    );
  }
  const home = resolve(dirname(entry), '..');
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  return new Binaries(join(home, 'native'), version);
}

/** The platform's package is a dependency of `embedded-postgres`; strict installers show it only from there. */
function resolvePackage(name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    try {
      return createRequire(require.resolve('embedded-postgres')).resolve(name);
    } catch {
      return undefined;
    }
  }
}

function isMusl(): boolean {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime === undefined;
}

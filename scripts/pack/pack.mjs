// `npm run pack`: dist/nestjs-groupcall-<version>.tgz, the package that a host installs. Prints its path.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from '../prepare.mjs';
import { assemble } from './assemble.mjs';

await prepare();
const folder = join(root, 'dist');
const target = join(folder, 'nestjs-groupcall');
mkdirSync(folder, { recursive: true });
const { name, version } = assemble(root, target);
const packed = spawnSync('npm', ['pack', '--pack-destination', folder, '--loglevel=error'], {
  cwd: target,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
if (packed.status !== 0) process.exit(1);
console.log(join(folder, `${name}-${version}.tgz`));

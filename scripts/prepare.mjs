// What both commands do first: nothing, when packages and build are up to date (a look at some file dates).
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const MINIMUM = [20, 19];
const at = (...parts) => join(root, ...parts);

/** Ends the process with one sentence unless Node is new enough and packages and build are there. */
export async function prepare() {
  checkNode();
  if (isInstallStale()) await install();
  if (isBuildStale()) await build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  fail(
    `groupcall needs Node ${MINIMUM.join('.')} or newer, and this is ${process.versions.node}: install a newer one (https://nodejs.org).`,
  );
}

/** npm notes in its marker what it installed; a newer lockfile counts only if it asks for something else. */
export function isInstallStale() {
  const marker = at('node_modules', '.package-lock.json');
  const lockfile = at('package-lock.json');
  if (!existsSync(marker)) return true;
  if (statSync(lockfile).mtimeMs <= statSync(marker).mtimeMs) return false;
  const installed = JSON.parse(readFileSync(marker, 'utf8')).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(lockfile, 'utf8')).packages);
  return wanted.some(([path, { version, optional }]) => {
    if (!path.includes('node_modules/') || version === undefined) return false;
    return installed[path] ? installed[path].version !== version : !optional;
  });
}

async function install() {
  const started = performance.now();
  say('installing the packages (a minute or so, the first time only)');
  // The build needs the development packages even where NODE_ENV=production would leave them out.
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const npm = process.env.npm_execpath;
  const isScript = npm !== undefined && /\.[cm]?js$/.test(npm);
  const code = isScript
    ? await run(process.execPath, [npm, ...args])
    : await run('npm', args, process.platform === 'win32');
  if (code !== 0) fail('The packages could not be installed: see above, then start again.');
  say(`packages installed in ${seconds(started)}`);
}

/** Older than any source, or incomplete. */
export function isBuildStale() {
  const projects = ['libs', 'apps'].flatMap((group) => readdirSync(at(group)).map((name) => at(group, name)));
  const outputs = projects.map((path) => {
    if (path === at('apps', 'console')) return at('apps', 'api', 'dist', 'page', 'console.js');
    return join(path, 'dist', path.startsWith(at('apps')) ? 'main.js' : 'index.js');
  });
  if (!existsSync(builtMarker) || !outputs.every(existsSync)) return true;
  const built = statSync(builtMarker).mtimeMs;
  const configs = projects.flatMap((path) =>
    ['package.json', 'tsconfig.build.json'].map((name) => join(path, name)),
  );
  const files = [...configs, at('tsconfig.base.json'), at('tsconfig.build.json')].filter(existsSync);
  return (
    files.some((path) => statSync(path).mtimeMs > built) ||
    projects.some((path) => isNewer(join(path, 'src'), built))
  );
}

/** A folder's own date changes when a file in it comes or goes. */
function isNewer(folder, than) {
  if (statSync(folder).mtimeMs > than) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return isNewer(path, than);
    return !entry.name.endsWith('.spec.ts') && statSync(path).mtimeMs > than;
  });
}

const builtMarker = at('apps', 'api', 'dist', '.built');

async function build() {
  const started = performance.now();
  const begin = new Date();
  say('building');
  const code = await run(process.execPath, [
    at('node_modules', 'typescript', 'bin', 'tsc'),
    '-b',
    'tsconfig.build.json',
  ]);
  if (code !== 0) fail('The build failed: see above.');
  const page = await run(process.execPath, [at('scripts', 'build-console.mjs')]);
  if (page !== 0) fail('The console could not be built: see above.');
  writeFileSync(builtMarker, '');
  // What was saved while the compiler ran is for the next build.
  utimesSync(builtMarker, begin, begin);
  say(`built in ${seconds(started)}`);
}

function run(program, args, shell = false) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell });
    child.once('error', (error) => fail(`${program} could not be started: ${error.message}.`));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function say(line) {
  process.stderr.write(`groupcall: ${line}\n`);
}

function fail(sentence) {
  process.stderr.write(`groupcall: ${sentence}\n`);
  process.exit(1);
}

function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

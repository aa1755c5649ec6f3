// `npm run soak -- [--minutes 10] [--legs 100]`: two real servers on one PostgreSQL and one Redis under steady load. Nothing may
// be lost, double or left over; memory must be flat; what the servers count must be what the database has.
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import pg from 'pg';
import { prepare, root } from '../../scripts/prepare.mjs';
import { findViolations } from './violations.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, legs: { type: 'string', default: '100' } },
});
const MINUTES = Number(values.minutes);
const LEGS_PER_SECOND = Number(values.legs);
/** Every groupcall rings this many phones. */
const LEGS = 5;
const SERVERS = 2;
const SAMPLE_EVERY = 5_000;
/** MB per minute, after the first third. Judged from this many minutes on: before, caches fill and code is compiled. */
const MOST_GROWTH = 3;
const LEAST_MINUTES = 5;
/** MB that a server may have at any time. */
const MOST_MEMORY = 400;
const DATABASE = process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/postgres';
/** A database number of our own: other servers on this Redis must not take our alarms. */
const REDIS = `${process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'}/${3 + (process.pid % 12)}`;
const SECRET = randomBytes(32).toString('base64url');
const say = (line) => process.stdout.write(`${line}\n`);

const random = (() => {
  let state = 20_26;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
})();
const pick = (list) => list[Math.floor(random() * list.length)];
const SCRIPTS = [
  () => 'ring',
  () => 'busy-after-100ms',
  () => 'reject-after-200ms',
  () =>
    `answer-after-${500 + Math.floor(random() * 2_000)}ms-hangup-after-${500 + Math.floor(random() * 2_000)}ms`,
  () => 'answer-on-cancel',
  () => 'fail',
];

function request() {
  const destinations = Array.from({ length: LEGS }, () => ({
    type: 'sip',
    target: `${pick(SCRIPTS)()}@sim`,
  }));
  const nested = random() < 0.2;
  return {
    ring_method: random() < 0.25 ? 'linear' : 'ring_all',
    answer_method: random() < 0.1 ? '' : 'hangup_others',
    dial_timeout: 1_000 + Math.floor(random() * 3_000),
    destinations: nested
      ? [...destinations.slice(0, 2), { type: 'groupcall', destinations: destinations.slice(2) }]
      : destinations,
  };
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startServer(env) {
  const port = await freePort();
  const output = [];
  const child = spawn(process.execPath, [join(root, 'apps/api/dist/main.js')], {
    env: { PATH: process.env.PATH, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      output.push(String(part));
      if (output.length > 200) output.shift();
    });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${url}/health/ready`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return { child, url, output };
    if (child.exitCode !== null || tries > 600)
      throw new Error(`a server did not start:\n${output.join('')}`);
    await delay(100);
  }
}

async function scrape({ url }) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

/** Least squares: MB per minute. */
function slope(samples) {
  const n = samples.length;
  const mean = (of) => samples.reduce((sum, one) => sum + of(one), 0) / n;
  const [mx, my] = [mean(({ at }) => at), mean(({ mb }) => mb)];
  const over = samples.reduce((sum, { at, mb }) => sum + (at - mx) * (mb - my), 0);
  return over / samples.reduce((sum, { at }) => sum + (at - mx) ** 2, 0);
}

async function load(servers, token, until) {
  const tally = { created: 0, failed: [], slowest: [] };
  const pending = new Set();
  const every = (1_000 * LEGS) / LEGS_PER_SECOND;
  let next = performance.now();
  for (let index = 0; performance.now() < until; index += 1) {
    next += every;
    const { url } = servers[index % servers.length];
    const started = performance.now();
    const one = fetch(`${url}/groupcalls`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(request()),
    })
      .then(async (response) => {
        const text = await response.text();
        if (response.status === 201) tally.created += 1;
        else tally.failed.push(`${response.status} ${text}`);
        tally.slowest.push(performance.now() - started);
      })
      .catch((error) => tally.failed.push(String(error)))
      .finally(() => pending.delete(one));
    pending.add(one);
    await delay(Math.max(0, next - performance.now()));
  }
  await Promise.all(pending);
  tally.slowest.sort((a, b) => a - b);
  return tally;
}

async function main() {
  await prepare();
  const name = `groupcall_soak_${process.pid}`;
  const admin = new pg.Client({ connectionString: DATABASE });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(DATABASE);
  url.pathname = `/${name}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'groupcall-soak-'));
  const servers = [];
  try {
    const env = {
      NODE_ENV: 'development',
      DATABASE_URL: url.href,
      REDIS_URL: REDIS,
      DATA_DIR: dataDir,
      JWT_SECRET: SECRET,
      LOG_LEVEL: 'warn',
      LIMIT_LIVE_LEGS: '0',
      LIMIT_GROUPCALLS_PER_SECOND: '0',
    };
    for (let index = 0; index < SERVERS; index += 1) servers.push(await startServer(env));
    return await soak(servers, url.href);
  } finally {
    for (const { child } of servers) child.kill('SIGKILL');
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function soak(servers, databaseUrl) {
  const token = await new SignJWT({ role: 'customer_admin', customer_id: randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('groupcall')
    .setAudience('groupcall-api')
    .setExpirationTime('24h')
    .sign(new TextEncoder().encode(SECRET));
  say(`${MINUTES} minutes of ${LEGS_PER_SECOND} legs/s on ${SERVERS} servers`);
  const started = performance.now();
  const end = started + MINUTES * 60_000;
  const memory = servers.map(() => []);
  const sampling = (async () => {
    while (performance.now() < end) {
      await delay(Math.min(SAMPLE_EVERY, Math.max(0, end - performance.now())));
      const at = (performance.now() - started) / 60_000;
      for (const [index, server] of servers.entries()) {
        const metrics = await scrape(server);
        memory[index].push({
          at,
          mb: metrics.get('process_resident_memory_bytes') / 2 ** 20,
          lag: metrics.get('nodejs_eventloop_lag_p99_seconds'),
        });
      }
    }
  })();
  const tally = await load(servers, token, end);
  await sampling;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const problems = [];
  try {
    await quiet(client, problems);
    if (tally.failed.length > 0)
      problems.push(`${tally.failed.length} requests failed, the first: ${tally.failed[0]}`);
    problems.push(...(await findViolations(client, tally.created)));
    problems.push(...(await compareWithMetrics(client, await Promise.all(servers.map(scrape)))));
  } finally {
    await client.end();
  }
  memory.forEach((samples, index) => {
    const settled = samples.slice(Math.floor(samples.length / 3));
    const growth = slope(settled);
    const [low, high] = [Math.min(...settled.map(({ mb }) => mb)), Math.max(...settled.map(({ mb }) => mb))];
    const lag = Math.max(...settled.map((one) => one.lag)) * 1_000;
    say(
      `server ${index + 1}: ${low.toFixed(0)}–${high.toFixed(0)} MB, ${growth.toFixed(2)} MB/min (${MINUTES < LEAST_MINUTES ? 'too short to judge' : `allowed ${MOST_GROWTH}`}), event loop p99 at most ${lag.toFixed(0)} ms`,
    );
    if (high > MOST_MEMORY)
      problems.push(`server ${index + 1} has ${high.toFixed(0)} MB, allowed are ${MOST_MEMORY}`);
    if (MINUTES >= LEAST_MINUTES && growth > MOST_GROWTH)
      problems.push(`the memory of server ${index + 1} grows by ${growth.toFixed(1)} MB a minute`);
  });
  const at = (part) => tally.slowest[Math.floor(tally.slowest.length * part)]?.toFixed(0);
  say(
    `${tally.created} groupcalls created (${tally.failed.length} refused), p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  for (const problem of problems) say(`VIOLATION: ${problem}`);
  if (problems.length > 0) for (const { output } of servers) say(output.slice(-5).join(''));
  say(
    problems.length === 0
      ? 'zero violations; the metrics agree with the database'
      : `${problems.length} violations`,
  );
  return problems.length === 0;
}

/** Until everything has ended by itself. */
async function quiet(client, problems) {
  for (let tries = 0; ; tries += 1) {
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM groupcall_tree WHERE live)::int AS live, (SELECT count(*) FROM groupcall_outbox)::int + (SELECT count(*) FROM groupcall_bundle)::int AS effects`,
    );
    if (rows[0].live === 0 && rows[0].effects === 0) return;
    if (tries > 120)
      return void problems.push(
        `after a minute of quiet ${rows[0].live} trees live and ${rows[0].effects} effects wait`,
      );
    await delay(500);
  }
}

async function compareWithMetrics(client, scrapes) {
  const problems = [];
  const sum = (key) => scrapes.reduce((total, one) => total + (one.get(key) ?? 0), 0);
  // A commit of which the database did not say that it happened is counted by nobody, and may have held a whole group of turns.
  const unknown = sum('groupcall_unknown_commits_total');
  const compare = (key, wanted) => {
    if (unknown === 0 ? sum(key) !== wanted : sum(key) > wanted)
      problems.push(`${key} is ${sum(key)} in all and ${wanted} in the database`);
  };
  const count = async (sql) => (await client.query(sql)).rows;
  const [{ trees, answered, dialed, late }] = await count(
    `SELECT (SELECT count(*) FROM groupcall_tree)::int AS trees,
            (SELECT count(*) FROM groupcall_tree WHERE winner_leg_id IS NOT NULL)::int AS answered,
            (SELECT count(*) FROM groupcall_leg WHERE tm_dial IS NOT NULL)::int AS dialed,
            (SELECT coalesce(sum(late_answers), 0) FROM groupcall_tree)::int AS late`,
  );
  compare('groupcall_groupcalls_created_total', trees);
  compare('groupcall_time_to_answer_seconds_count', answered);
  compare('groupcall_legs_dialed_total', dialed);
  compare('groupcall_late_answers_total', late);
  for (const { reason, n } of await count(
    `SELECT hangup_reason AS reason, count(*)::int AS n FROM groupcall WHERE id = root_id AND status = 'hangup' GROUP BY 1`,
  ))
    compare(`groupcall_groupcalls_ended_total{reason="${reason}"}`, n);
  for (const { reason, n } of await count(
    `SELECT hangup_reason AS reason, count(*)::int AS n FROM groupcall_leg WHERE status = 'hangup' GROUP BY 1`,
  ))
    compare(`groupcall_legs_ended_total{reason="${reason}"}`, n);
  problems.push(...dashboardProblems(scrapes));
  const shares = (key) => scrapes.map((one) => one.get(key)).join(' + ');
  say(
    `conflicts ${sum('groupcall_conflicts_total')} of ${sum('groupcall_turns_total')} turns; commits ${shares('groupcall_commits_total')}; swept alarms ${sum('groupcall_alarms_swept_total')}; reconciled ${sum('groupcall_reconciled_total')}; orphans ${sum('groupcall_orphan_calls_total')}`,
  );
  return problems;
}

/** Whatever the dashboard draws is told by every server, and what it draws of a quiet deployment is nothing. */
function dashboardProblems(scrapes) {
  const { panels } = JSON.parse(readFileSync(join(root, 'deploy/grafana/groupcall.json'), 'utf8'));
  const drawn = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(?:groupcall|process|nodejs)_[a-z0-9_]+\b/g) ?? []),
  );
  const problems = [];
  for (const [index, scrape] of scrapes.entries()) {
    const told = new Set([...scrape.keys()].map((key) => key.replace(/\{.*/, '')));
    const missing = [...new Set(drawn)].filter((name) => !told.has(name));
    if (missing.length > 0) problems.push(`server ${index + 1} does not tell ${missing.join(', ')}`);
    for (const name of ['groupcall_outbox_pending', 'groupcall_outbox_dead', 'groupcall_mailbox_commands'])
      if (scrape.get(name) !== 0) problems.push(`${name} of server ${index + 1} is ${scrape.get(name)}`);
  }
  return problems;
}

process.exit((await main()) ? 0 : 1);

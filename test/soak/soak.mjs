// `npm run soak -- [--minutes 10] [--legs 100]`: two real servers on one PostgreSQL and one Redis under steady load. Nothing may
// be lost, double or left over; memory must be flat; what the servers count must be what the database has.
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { register } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import pg from 'pg';
import { prepare, root } from '../../scripts/prepare.mjs';
import { findViolations } from './violations.mjs';

register('../support/typescript-hooks.mjs', import.meta.url);
const { freePort } = await import('../support/free-port.ts');
const { LEAST_MINUTES, growthPerMinute, memoryProblems, settled } = await import('./memory.ts');
const { needlessRepairs, parseMetrics, unrest, untold } = await import('./metrics.ts');

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, legs: { type: 'string', default: '100' } },
});
const MINUTES = Number(values.minutes);
const LEGS_PER_SECOND = Number(values.legs);
/** Every groupcall rings this many phones. */
const LEGS = 5;
const SERVERS = 2;
const SAMPLE_EVERY = 5_000;
/**
 * Far more than live at a time, and so few that they are there within the first minute: nothing routes the simulated phones,
 * so what the other server has ended stays in memory until it is the least recently used.
 */
const RESIDENT_TREES = 500;
/** ms: where a hundredth of the groupcalls takes longer to be accepted, news come late for want of a processor. */
const SLOW = 1_000;
/** Samples between two forced collections. */
const COLLECT_EVERY = 6;
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

async function startServer(env) {
  const port = await freePort();
  const output = [];
  const warnings = new Map();
  const collector = new URL('collect-garbage.mjs', import.meta.url).href;
  const main = join(root, 'apps/api/dist/main.js');
  const child = spawn(process.execPath, ['--expose-gc', '--import', collector, main], {
    env: { PATH: process.env.PATH, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      output.push(String(part));
      if (output.length > 200) output.shift();
      for (const [warning] of String(part).matchAll(/\b\w+Warning\b/g))
        warnings.set(warning, (warnings.get(warning) ?? 0) + 1);
    });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${url}/health/ready`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return { child, url, output, warnings };
    if (child.exitCode !== null || tries > 600)
      throw new Error(`a server did not start:\n${output.join('')}`);
    await delay(100);
  }
}

async function scrape({ url }) {
  return parseMetrics(await (await fetch(`${url}/metrics`)).text());
}

/** @returns what is left when all garbage is collected, bytes */
async function collect({ child, output }) {
  const over = new AbortController();
  const { signal } = over;
  const died = once(child, 'exit', { signal }).then(() => {
    throw new Error(`a server has died:\n${output.join('')}`);
  });
  try {
    const told = once(child, 'message', { signal });
    child.send('collect');
    return (await Promise.race([told, died]))[0];
  } finally {
    over.abort();
  }
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
      // The dashboard draws its queue.
      COMMAND_QUEUE: 'on',
      RESIDENT_TREES: String(RESIDENT_TREES),
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
  const memory = servers.map(() => ({ resident: [], alive: [], outside: [], trees: [], lag: [] }));
  const sampling = (async () => {
    for (let sample = 1; performance.now() < end; sample += 1) {
      await delay(Math.min(SAMPLE_EVERY, Math.max(0, end - performance.now())));
      for (const [index, server] of servers.entries()) {
        const at = (performance.now() - started) / 60_000;
        const metrics = await scrape(server);
        const { resident, alive, outside, trees, lag } = memory[index];
        resident.push({ at, mb: metrics.get('process_resident_memory_bytes') / 2 ** 20 });
        trees.push(metrics.get('groupcall_resident_trees'));
        lag.push(metrics.get('nodejs_eventloop_lag_p99_seconds') * 1_000);
        if (sample % COLLECT_EVERY !== 0) continue;
        const left = await collect(server);
        alive.push({ at, mb: left.alive / 2 ** 20 });
        outside.push({ at, mb: left.outside / 2 ** 20 });
        // The delay by the collection is nothing of the server's own.
        await scrape(server);
      }
    }
  })();
  // A server that has died ends the run at once, and the others with it.
  const [tally] = await Promise.all([load(servers, token, end), sampling]);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const problems = [];
  const repairs = [];
  try {
    await quiet(client, servers, problems);
    if (tally.failed.length > 0)
      problems.push(`${tally.failed.length} requests failed, the first: ${tally.failed[0]}`);
    problems.push(...(await findViolations(client, tally.created)));
    const scrapes = await Promise.all(servers.map(scrape));
    problems.push(...(await compareWithMetrics(client, scrapes)));
    repairs.push(...needlessRepairs(scrapes));
  } finally {
    await client.end();
  }
  memory.forEach((of, index) => {
    const { resident, alive, outside, trees, lag } = of;
    const range = (values) => `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
    const growth = (sizes) => {
      const late = settled(sizes);
      if (late.length < 2) return 'nothing judged';
      return `${range(late.map(({ mb }) => mb))} MB, ${growthPerMinute(late).toFixed(2)} MB/min`;
    };
    say(
      `server ${index + 1}: alive after a collection ${growth(alive)}; outside the heap ${growth(outside)}; resident ${range(resident.map(({ mb }) => mb))} MB${MINUTES < LEAST_MINUTES ? ' (too short to judge)' : ''}; ${range(trees)} trees in memory; event loop p99 ${range(lag)} ms`,
    );
    problems.push(...memoryProblems(`server ${index + 1}`, of));
  });
  for (const [index, { warnings }] of servers.entries())
    for (const [warning, times] of warnings)
      problems.push(`Node has warned server ${index + 1} ${times} times: ${warning}`);
  const at = (part) => tally.slowest[Math.floor(tally.slowest.length * part)];
  say(
    `${tally.created} groupcalls created (${tally.failed.length} refused), p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms; load of the machine in the last minutes ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  );
  const kept = at(0.99) <= SLOW;
  if (kept) problems.push(...repairs);
  else {
    say(
      'The servers could not keep up, so what came late is not judged: run it again on a machine with time.',
    );
    for (const repair of repairs) say(`not judged: ${repair}`);
  }
  for (const problem of problems) say(`VIOLATION: ${problem}`);
  if (problems.length > 0) for (const { output } of servers) say(output.slice(-5).join(''));
  say(
    problems.length === 0
      ? `zero violations; the metrics agree with the database${kept ? '' : '; repairs were not judged'}`
      : `${problems.length} violations`,
  );
  return problems.length === 0;
}

/** Until everything has ended by itself. */
async function quiet(client, servers, problems) {
  for (let tries = 0; ; tries += 1) {
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM groupcall_tree WHERE live)::int AS live, (SELECT count(*) FROM groupcall_outbox)::int + (SELECT count(*) FROM groupcall_bundle)::int AS effects`,
    );
    const busy = unrest(await Promise.all(servers.map(scrape)));
    if (rows[0].live === 0 && rows[0].effects === 0 && busy.length === 0) return;
    if (tries > 120)
      return void problems.push(
        `after a minute of quiet ${rows[0].live} trees live and ${rows[0].effects} effects wait`,
        ...busy,
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
  const dashboard = JSON.parse(readFileSync(join(root, 'deploy/grafana/groupcall.json'), 'utf8'));
  problems.push(...untold(scrapes, dashboard), ...unrest(scrapes));
  const shares = (key) => scrapes.map((one) => one.get(key)).join(' + ');
  say(
    `conflicts ${sum('groupcall_conflicts_total')} of ${sum('groupcall_turns_total')} turns; commits ${shares('groupcall_commits_total')}; swept alarms ${sum('groupcall_alarms_swept_total')}; reconciled ${sum('groupcall_reconciled_total')}; orphans ${sum('groupcall_orphan_calls_total')}`,
  );
  return problems;
}

process.exit((await main()) ? 0 : 1);

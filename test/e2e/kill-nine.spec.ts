import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTimestamp } from '@groupcall/shared';
import pg from 'pg';
import { AccessTokens } from '../../apps/api/src/auth/access-tokens.js';
import { DEFAULT_TIMINGS } from '../../libs/groupcall/src/groupcall.options.js';
import { ApiClient, phone } from '../support/api-client.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { ServerProcess } from '../support/server-process.js';

const SECRET = 'a-secret-for-tests-that-is-long-enough';

/** The built server, killed in mid-call and started anew on the same database. */
describe('kill -9 while phones ring', () => {
  let database: TestDatabase;
  let dataDir: string;
  let server: ServerProcess;
  let token: string;

  const start = () =>
    ServerProcess.start({
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      JWT_SECRET: SECRET,
      LIMIT_GROUPCALLS_PER_SECOND: '0',
    });
  const client = () => new ApiClient(server.url, token);

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'groupcall-kill-'));
    const tokens = new AccessTokens({ secret: SECRET, issuer: 'groupcall', audience: 'groupcall-api' });
    token = await tokens.issue({ role: 'customer_admin', customerId: randomUUID() }, '1h');
    server = await start();
  }, 90_000);

  afterAll(async () => {
    await server?.kill();
    await database?.drop();
    await rm(dataDir, { recursive: true, force: true });
  }, 30_000);

  it('goes on: the time-out fires, the next phone rings, nobody is dialled twice and nobody rings for ever', async () => {
    const linear = await client().create({
      ring_method: 'linear',
      dial_timeout: 3_000,
      destinations: [phone('noanswer'), phone('answer-hangup-after-500ms')],
    });
    const all = await client().create({
      dial_timeout: 3_000,
      destinations: [phone('ring'), phone('ring'), phone('ring')],
    });
    const talking = await client().create({ destinations: [phone('answer'), phone('ring')] });
    const first = await client().leg(linear.id, 0, (leg) => leg.status === 'ringing');
    await client().leg(all.id, 2, (leg) => leg.status === 'ringing');
    const winner = await client().leg(talking.id, 0, (leg) => leg.status === 'progressing');
    await server.kill();

    server = await start();
    // The phone stops ringing by itself when nobody has told it to for so long: on a slow machine that may come first.
    const isLate = Date.now() > parseTimestamp(first.dial_deadline)! + DEFAULT_TIMINGS.ringGrace;
    const timedOut = isLate ? (expect.stringMatching(/^(dialout|noanswer)$/) as string) : 'dialout';
    const linearEnd = await client().ended(linear.id, 20_000);
    const legs = await client().legs(linear.id);
    expect(legs.map((leg) => leg.hangup_reason)).toEqual([timedOut, 'normal']);
    expect(linearEnd).toMatchObject({ answer_call_id: legs[1].id, hangup_reason: 'normal' });
    expect(legs[1].tm_create >= first.dial_deadline).toBe(true);
    await expect(client().ended(all.id, 20_000)).resolves.toMatchObject({
      hangup_reason: timedOut,
      call_count: 0,
    });

    expect(await client().groupcall(talking.id)).toMatchObject({
      status: 'progressing',
      answer_call_id: winner.id,
    });
    await client().play(winner.id, 'hangup', { reason: 'normal' });
    await expect(client().ended(talking.id)).resolves.toMatchObject({ hangup_reason: 'normal' });
    await expectNobodyLeft(database.url, 2 + 3 + 2);
  }, 90_000);

  it('loses nothing of what was accepted when it is killed in the middle of a burst', async () => {
    const api = client();
    const accepted: string[] = [];
    const burst = Array.from({ length: 40 }, async () => {
      const reply = await api
        .post('/groupcalls', {
          dial_timeout: 2_000,
          destinations: [phone('ring'), phone('answer-after-400ms-hangup-after-400ms'), phone('busy')],
        })
        .catch(() => undefined);
      if (reply?.status === 201) accepted.push(reply.body.id as string);
      if (accepted.length === 20) await server.kill();
    });
    await Promise.all(burst);
    expect(accepted.length).toBeGreaterThanOrEqual(20);

    server = await start();
    for (const id of accepted) {
      const ended = await client().ended(id, 20_000);
      const legs = await client().legs(id);
      const answered = legs.filter((leg) => leg.hangup_reason === 'normal');
      expect(answered.length).toBeLessThanOrEqual(1);
      expect(ended.answer_call_id).toBe(answered[0]?.id ?? '00000000-0000-0000-0000-000000000000');
      expect(legs.every((leg) => leg.status === 'hangup')).toBe(true);
      // Killed for longer than the ring time, a phone may have been given up; if it was answered, it won.
      expect(['normal', 'dialout']).toContain(ended.hangup_reason);
      expect(parseTimestamp(ended.tm_create)).not.toBeNull();
    }
  }, 90_000);
});

/** The judge is the simulator's own table: every call that was ever placed, and none that is still alive. */
async function expectNobodyLeft(databaseUrl: string, placed: number): Promise<void> {
  const judge = new pg.Client({ connectionString: databaseUrl });
  await judge.connect();
  try {
    const { rows } = await judge.query<{ state: string; calls: string }>(
      'SELECT state, count(*) AS calls FROM simulated_call GROUP BY state',
    );
    expect(rows).toEqual([{ state: 'ended', calls: String(placed) }]);
  } finally {
    await judge.end();
  }
}

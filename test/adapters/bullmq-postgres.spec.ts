import { randomUUID } from 'node:crypto';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import pg from 'pg';
import type { BullmqAlarmClock } from '../../libs/groupcall/src/adapters/bullmq/index.js';
import { describeAlarmClockContract } from '../../libs/groupcall/src/testing/contracts/alarm-clock.contract.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import {
  contractEnvironment,
  databaseClock,
  duration,
  itKeepsItsMoment,
  makeAlarmClock,
  poison,
  Rings,
} from './bullmq-environment.js';

describeAlarmClockContract('BullmqAlarmClock on PostgreSQL', async () => {
  const database = await createTestDatabase();
  return contractEnvironment({ backend: 'postgres', url: database.url }, () => database.drop());
});

describe('BullmqAlarmClock on a PostgreSQL that misbehaves', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let made: BullmqAlarmClock[];
  let rings: Rings;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    proxy = await new TcpProxy(database.url).reserve();
    made = [];
    rings = new Rings();
  });
  afterEach(async () => {
    await Promise.all(made.map((alarmClock) => alarmClock.stop()));
    await proxy.cut();
  });
  afterAll(() => database.drop());

  function make(settings: Parameters<typeof makeAlarmClock>[1] = {}, schema?: string): BullmqAlarmClock {
    const alarmClock = makeAlarmClock({ backend: 'postgres', url: proxy.url, schema }, settings);
    made.push(alarmClock);
    return alarmClock;
  }

  async function ringsWhenArmed(it: BullmqAlarmClock): Promise<void> {
    const rootId = randomUUID();
    await it.arm(rootId, databaseClock.now());
    await eventually(() => expect(rings.rootIds).toContain(rootId));
  }

  async function administer(statement: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(statement)).rows as unknown[];
    } finally {
      await client.end();
    }
  }

  describe('an alarm', () => {
    beforeEach(() => proxy.open());
    itKeepsItsMoment(
      () => make({}, `moments_${randomUUID().slice(0, 8)}`),
      () => rings,
    );
  });

  it('starts without PostgreSQL, says so, and rings as soon as PostgreSQL is there', async () => {
    const it = make();
    await it.start(rings.take);
    expect(await it.health()).toMatchObject({ ok: false, detail: expect.stringContaining('ECONNREFUSED') });
    await proxy.open();
    await eventually(async () => expect((await it.health()).ok).toBe(true));
    await ringsWhenArmed(it);
  });

  it('revives the queue that a dashboard took and used while PostgreSQL was down', async () => {
    const it = make();
    const dashboard = new BullMQAdapter(it.queue);
    await expect(dashboard.getJobCounts()).rejects.toThrow();
    await proxy.open();
    await it.start(rings.take);
    await eventually(async () => expect(await dashboard.getJobCounts()).toMatchObject({ delayed: 0 }));
    const rootId = randomUUID();
    await eventually(async () => {
      await it.arm(rootId, databaseClock.now() + 60_000);
      const [job] = await dashboard.getJobs(['delayed']);
      expect(job).toMatchObject({ name: 'alarm', data: { rootId } });
    });
    expect(await dashboard.getDatastoreStats()).toMatchObject({ backend: 'postgres' });
    await it.queue.obliterate({ force: true });
  });

  it('sets alarms without being started, and prepares the schema for it', async () => {
    await proxy.open();
    const schema = 'only_armed';
    const it = make({}, schema);
    await it.arm(randomUUID(), databaseClock.now() + 60_000);
    expect(it.failedArms).toBe(0);
    expect(await administer(`SELECT name, data->>'rootId' IS NOT NULL AS ok FROM ${schema}.job`)).toEqual([
      { name: 'alarm', ok: true },
    ]);
  });

  it('gives up an alarm quickly while PostgreSQL is down, counts it, and sets the next ones when it is back', async () => {
    await proxy.open();
    const it = make();
    await it.start(rings.take);
    await ringsWhenArmed(it);
    await proxy.cut();
    expect(await duration(() => it.arm(randomUUID(), databaseClock.now()))).toBeLessThan(2_500);
    await it.arm(randomUUID(), databaseClock.now());
    expect(it.failedArms).toBe(2);
    await proxy.open();
    await eventually(async () => expect((await it.health()).ok).toBe(true));
    await ringsWhenArmed(it);
  });

  it('keeps to its time-outs while PostgreSQL hangs, and works again on new connections', async () => {
    await proxy.open();
    const it = make({ armTimeout: 200 });
    await it.start(rings.take);
    await ringsWhenArmed(it);
    proxy.freeze();
    expect(await duration(() => it.arm(randomUUID(), databaseClock.now()))).toBeLessThan(700);
    expect(await duration(() => it.health())).toBeLessThan(700);
    await proxy.cut();
    await proxy.open();
    await eventually(async () => expect((await it.health()).ok).toBe(true));
    await ringsWhenArmed(it);
  });

  it('survives that PostgreSQL ends every connection, again and again', async () => {
    await proxy.open();
    const it = make();
    await it.start(rings.take);
    for (let round = 0; round < 3; round += 1) {
      await ringsWhenArmed(it);
      await administer(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database.name}' AND pid <> pg_backend_pid()`,
      );
      await eventually(async () => expect((await it.health()).ok).toBe(true));
    }
    await ringsWhenArmed(it);
  });

  it.each(['hangs', 'is gone'])(
    'stops within five seconds when PostgreSQL %s, and leaves no connection',
    async (how) => {
      await proxy.open();
      const it = make({ finishTimeout: 300 });
      await it.start(rings.take);
      await ringsWhenArmed(it);
      if (how === 'hangs') proxy.freeze();
      else await proxy.cut();
      expect(await duration(() => it.stop())).toBeLessThan(5_000);
      await eventually(() => expect(proxy.connections).toBe(0));
    },
  );

  it('stops within five seconds when PostgreSQL has never been there', async () => {
    const it = make();
    await it.start(rings.take);
    await it.arm(randomUUID(), databaseClock.now());
    expect(await duration(() => it.stop())).toBeLessThan(5_000);
  });

  it('lets several processes prepare the same new schema at once', async () => {
    await proxy.open();
    const all = [1, 2, 3].map(() => make({}, 'shared_start'));
    await Promise.all(all.map((it) => it.start(rings.take)));
    await ringsWhenArmed(all[0]);
    expect(await Promise.all(all.map(async (it) => (await it.health()).ok))).toEqual([true, true, true]);
  });

  it('refuses to start when it may not create its schema, and says what to grant', async () => {
    const role = `${database.name}_reader`;
    await administer(`CREATE ROLE ${role}`);
    const url = new URL(database.url);
    url.searchParams.set('options', `-c role=${role}`);
    const it = makeAlarmClock({ backend: 'postgres', url: url.href, schema: 'forbidden' });
    await expect(it.start(rings.take)).rejects.toThrow(
      /in schema "forbidden": permission denied.*Let the role of queue\.url create schemas/,
    );
    await administer(`DROP ROLE ${role}`);
  });

  it('refuses to start on a database that does not exist', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    const it = makeAlarmClock({ backend: 'postgres', url: url.href });
    await expect(it.start(rings.take)).rejects.toThrow(
      /database "nowhere" does not exist.*Create that database/,
    );
  });

  it('keeps the search path of its own when the URL brings start-up options', async () => {
    await proxy.open();
    const url = new URL(proxy.url);
    url.searchParams.set('options', '-c lock_timeout=4s');
    const it = makeAlarmClock({ backend: 'postgres', url: url.href });
    made.push(it);
    await it.start(rings.take);
    await ringsWhenArmed(it);
  });

  it('fails jobs that are not alarms at the first attempt, and goes on ringing', async () => {
    await proxy.open();
    const it = make();
    await it.start(rings.take);
    const states = await poison(it.queue);
    await eventually(async () => expect(await states()).toEqual(Array(3).fill('failed after 1 attempt')));
    await ringsWhenArmed(it);
  });
});

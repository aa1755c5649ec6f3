import { randomUUID } from 'node:crypto';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { BullmqAlarmClock } from '../../libs/groupcall/src/adapters/bullmq/index.js';
import { describeAlarmClockContract } from '../../libs/groupcall/src/testing/contracts/alarm-clock.contract.js';
import { eventually } from '../support/eventually.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWithRedis, redisUrl } from '../support/servers.js';
import {
  contractEnvironment,
  databaseClock,
  duration,
  itKeepsItsMoment,
  Lines,
  makeAlarmClock,
  poison,
  Rings,
} from './bullmq-environment.js';

describeWithRedis('alarms on Redis', () => {
  describeAlarmClockContract('BullmqAlarmClock on Redis', async () => {
    const options = { backend: 'redis', url: redisUrl(), prefix: `test-${randomUUID()}` } as const;
    return contractEnvironment(options, async () => {
      const alarmClock = makeAlarmClock(options);
      await alarmClock.queue.waitUntilReady();
      await alarmClock.queue.obliterate({ force: true });
      await alarmClock.stop();
    });
  });

  describe('an alarm on Redis', () => {
    const made: BullmqAlarmClock[] = [];
    let rings: Rings;
    beforeEach(() => {
      rings = new Rings();
    });
    afterEach(() => Promise.all(made.splice(0).map((alarmClock) => alarmClock.stop())));
    itKeepsItsMoment(
      () => {
        const prefix = `test-${randomUUID()}`;
        const alarmClock = makeAlarmClock({ backend: 'redis', url: redisUrl(), prefix });
        made.push(alarmClock);
        return alarmClock;
      },
      () => rings,
    );
  });

  describe('BullmqAlarmClock on a Redis that misbehaves', () => {
    let server: RedisServer;
    let alarmClock: BullmqAlarmClock | undefined;
    let rings: Rings;

    beforeEach(async () => {
      server = await RedisServer.reserve();
      rings = new Rings();
    });
    afterEach(async () => {
      await alarmClock?.stop();
      alarmClock = undefined;
      await server.stop();
    });

    const make = (settings: Parameters<typeof makeAlarmClock>[1] = {}) =>
      (alarmClock = makeAlarmClock({ backend: 'redis', url: server.url }, settings));

    async function ringsWhenArmed(it: BullmqAlarmClock): Promise<void> {
      const rootId = randomUUID();
      await it.arm(rootId, databaseClock.now());
      await eventually(() => expect(rings.rootIds).toContain(rootId));
    }

    async function connections(observer: BullmqAlarmClock): Promise<number> {
      const list = await (await observer.queue.getBackend().client).clientList();
      return list.trim().split('\n').length;
    }

    it('refuses to start when Redis may evict alarms, and says which setting to change', async () => {
      await server.start({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' });
      await expect(make().start(rings.take)).rejects.toThrow(
        /maxmemory-policy is "allkeys-lru" and must be "noeviction".*CONFIG SET maxmemory-policy noeviction/,
      );
    });

    it('refuses to start when Redis does not let it in', async () => {
      await server.start({ requirepass: 'secret' });
      await expect(make().start(rings.take)).rejects.toThrow(
        /correct user and password in queue\.url: NOAUTH/,
      );
    });

    it('notices within a check when the eviction policy is changed while it runs', async () => {
      await server.start();
      const log = new Lines();
      const it = make({ log });
      await it.start(rings.take);
      await ringsWhenArmed(it);
      expect(await it.health()).toEqual({ ok: true, detail: 'The alarm queue on Redis works.' });
      const redis = await it.queue.getBackend().client;
      await (redis as unknown as { config(...args: string[]): Promise<void> }).config(
        'SET',
        'maxmemory-policy',
        'volatile-lru',
      );
      await eventually(() => expect(log.all.join()).toContain('its maxmemory-policy is "volatile-lru"'));
      expect((await it.health()).ok).toBe(false);
    });

    it('starts without Redis, says so, and rings as soon as Redis is there', async () => {
      const it = make();
      await it.start(rings.take);
      expect(await it.health()).toMatchObject({ ok: false, detail: expect.stringContaining('ECONNREFUSED') });
      await server.start();
      await eventually(async () => expect((await it.health()).ok).toBe(true));
      await ringsWhenArmed(it);
    });

    it('gives up an alarm quickly while Redis is down, counts it, and sets the next ones when Redis is back', async () => {
      await server.start();
      const it = make();
      await it.start(rings.take);
      await ringsWhenArmed(it);
      await server.stop();
      expect(await duration(() => it.arm(randomUUID(), databaseClock.now()))).toBeLessThan(2_500);
      await it.arm(randomUUID(), databaseClock.now());
      expect(it.failedArms).toBe(2);
      await server.start();
      await eventually(async () => expect((await it.health()).ok).toBe(true));
      await ringsWhenArmed(it);
      expect(it.failedArms).toBe(2);
    });

    it('keeps to its time-outs while Redis hangs, and works again afterwards', async () => {
      await server.start();
      const it = make({ armTimeout: 200 });
      await it.start(rings.take);
      await server.signal('SIGSTOP');
      expect(await duration(() => it.arm(randomUUID(), databaseClock.now()))).toBeLessThan(700);
      expect(await duration(() => it.health())).toBeLessThan(700);
      expect(it.failedArms).toBe(1);
      await server.signal('SIGCONT');
      await eventually(async () => expect((await it.health()).ok).toBe(true));
      await ringsWhenArmed(it);
    });

    it.each([
      ['hangs', 'SIGSTOP'],
      ['is gone', 'SIGKILL'],
    ] as const)(
      'stops within five seconds when Redis %s, and does not come back with it',
      async (_, signal) => {
        await server.start();
        const it = make({ finishTimeout: 300 });
        await it.start(rings.take);
        await ringsWhenArmed(it);
        await server.signal(signal);
        expect(await duration(() => it.stop())).toBeLessThan(5_000);
        if (signal === 'SIGSTOP') await server.signal('SIGCONT');
        else await server.start();
        const observer = make();
        await observer.queue.waitUntilReady();
        await eventually(async () => expect(await connections(observer)).toBe(1));
      },
    );

    it('stops within five seconds while a handler hangs', async () => {
      await server.start();
      const it = make({ finishTimeout: 300 });
      let called = false;
      await it.start(() => {
        called = true;
        return new Promise(() => undefined);
      });
      await it.arm(randomUUID(), databaseClock.now());
      await eventually(() => expect(called).toBe(true));
      expect(await duration(() => it.stop())).toBeLessThan(5_000);
    });

    it('leaves no connection behind', async () => {
      await server.start();
      const observer = make();
      await observer.queue.waitUntilReady();
      const before = await connections(observer);
      const it = makeAlarmClock({ backend: 'redis', url: server.url });
      await it.start(rings.take);
      await ringsWhenArmed(it);
      expect(await connections(observer)).toBe(before + 3);
      await it.stop();
      await eventually(async () => expect(await connections(observer)).toBe(before));
    });

    it('fails jobs that are not alarms at the first attempt, and goes on ringing', async () => {
      await server.start();
      const it = make();
      await it.start(rings.take);
      const states = await poison(it.queue);
      await eventually(async () => expect(await states()).toEqual(Array(3).fill('failed after 1 attempt')));
      await ringsWhenArmed(it);
    });

    it('shows a dashboard the waiting alarms, with nothing in them but the id of the root', async () => {
      await server.start();
      const it = make();
      const dashboard = new BullMQAdapter(it.queue);
      const rootId = randomUUID();
      const at = databaseClock.now() + 60_000;
      await it.arm(rootId, at);
      const [job, ...others] = await dashboard.getJobs(['delayed']);
      expect(others).toEqual([]);
      expect(job).toMatchObject({ name: 'alarm', data: { rootId } });
      expect(job.id).toBe(`alarm-${at}`);
      expect(await dashboard.getJobCounts()).toMatchObject({ delayed: 1 });
    });
  });
});

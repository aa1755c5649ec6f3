import { BullmqAlarmClock } from '@groupcall/groupcall';
import { parseTimestamp } from '@groupcall/shared';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWithRedis } from '../support/servers.js';
import { startApi, type ApiServer } from './support/api-server.js';

const QUEUE = '/admin/queues/api/queues/groupcall-alarms';
/** ms that a phone rings: long enough for what is done to its alarm meanwhile. */
const RING_TIME = 3_000;

/** What an operator can do to alarms in the dashboard, and that no groupcall suffers from it. */
function describeQueueBoard(
  name: string,
  backend: () => Promise<{ env: object; close: () => Promise<void> }>,
): void {
  describe(name, () => {
    let server: ApiServer;
    let api: ApiClient;
    let admin: string;
    let stopBackend: () => Promise<void>;
    beforeAll(async () => {
      const { env, close } = await backend();
      stopBackend = close;
      server = await startApi({ ...env });
      api = new ApiClient(server.url, await server.token());
      admin = await server.token({ role: 'platform_admin', customerId: undefined });
    }, 60_000);
    afterAll(async () => {
      await server?.close();
      await stopBackend?.();
    });

    const board = (line: string) => server.call(line, { token: admin });
    const delayed = async (): Promise<any[]> => {
      const { body } = await board(
        'GET /admin/queues/api/queues?activeQueue=groupcall-alarms&status=delayed&page=1',
      );
      return body.queues[0].jobs;
    };
    const alarmOf = (rootId: string) =>
      eventually(async () => {
        const job = (await delayed()).find(({ data }) => data.rootId === rootId);
        if (!job) throw new Error('its alarm is not in the queue');
        return job;
      });
    const ringOneByOne = () =>
      api.create({
        ring_method: 'linear',
        dial_timeout: RING_TIME,
        destinations: [phone('noanswer'), phone('answer-hangup-after-100ms')],
      });
    /** The first phone rang for its whole time, the second was rung and answered. */
    const expectUnharmed = async (rootId: string) => {
      await expect(api.ended(rootId, 20_000)).resolves.toMatchObject({
        hangup_reason: 'normal',
        dial_index: 1,
      });
      const [first, second] = await api.legs(rootId);
      expect(first).toMatchObject({ hangup_reason: 'dialout', hangup_by: 'local' });
      expect(second).toMatchObject({ hangup_reason: 'normal' });
      const rang = parseTimestamp(first.tm_hangup)! - parseTimestamp(first.tm_dial)!;
      expect(rang).toBeGreaterThanOrEqual(RING_TIME);
    };

    it('shows the alarm of a ring deadline by name, with ids only, and the way to its groupcall', async () => {
      const { id } = await api.create({
        source: { type: 'tel', target: '+15550123' },
        destinations: [{ type: 'tel', target: '+15550199', name: 'Jane Doe' }],
      });
      const job = await alarmOf(id);
      expect(job.data).toEqual({ rootId: id });
      expect(job.name).toBe(`Ring deadline of groupcall …${id.slice(-8)}`);
      expect(job.externalUrl.href).toBe(`/admin/groupcalls#/groupcalls/${id}`);
      expect(JSON.stringify(job)).not.toMatch(/15550|Jane/);
    });

    it('promotes an alarm: it rings too early, changes nothing, and the linear ring goes on at its deadline', async () => {
      const { id } = await ringOneByOne();
      const job = await alarmOf(id);
      expect((await board(`PUT ${QUEUE}/${job.id}/promote`)).status).toBe(204);
      // It has rung, and the same alarm waits on for its moment.
      await eventually(async () => {
        const { status, body } = await board(`GET ${QUEUE}/${job.id}`);
        if (status !== 404)
          expect(body).toMatchObject({ status: 'delayed', job: { processedOn: expect.any(Number) } });
      });
      await expectUnharmed(id);
      await eventually(async () => expect((await board(`GET ${QUEUE}/${job.id}`)).status).toBe(404));
    });

    it('cleans and promotes everything: the deadlines stand in the database', async () => {
      const created = await Promise.all([ringOneByOne(), ringOneByOne(), ringOneByOne()]);
      // One alarm is enough for all of them, and is named after the first.
      await Promise.any(created.map(({ id }) => alarmOf(id)));
      expect((await board(`PUT ${QUEUE}/promote`)).status).toBe(200);
      // The dashboard cleans what is older than five seconds; one by one it cleans what it is told.
      for (const { id } of await delayed()) await board(`PUT ${QUEUE}/${id}/clean`);
      expect((await board(`PUT ${QUEUE}/clean/delayed`)).status).toBe(200);
      await Promise.all(created.map(({ id }) => expectUnharmed(id)));
    });

    it('retries what has failed: a stranger in the queue fails again, and no groupcall is touched', async () => {
      const live = await api.create({ destinations: [phone('ring')] });
      await api.leg(live.id, 0, ({ status }) => status === 'ringing');
      const { queue } = server.app.get(BullmqAlarmClock);
      const stranger = await queue.add('invoice', { rootId: live.id });
      const failedOnce = () =>
        eventually(async () => {
          const { body } = await board(`GET ${QUEUE}/${stranger.id}`);
          expect(body.job).toMatchObject({ name: 'invoice', isFailed: true, finishedOn: expect.any(Number) });
          return body.job.finishedOn as number;
        });
      const first = await failedOnce();
      expect((await board(`PUT ${QUEUE}/${stranger.id}/retry`)).status).toBe(204);
      await eventually(async () => expect(await failedOnce()).toBeGreaterThan(first));
      expect((await board(`PUT ${QUEUE}/${stranger.id}/clean`)).status).toBe(204);
      const [leg] = await api.legs(live.id);
      expect(leg).toMatchObject({ status: 'ringing', hangup_reason: '' });
    });

    it('paused, it rings nobody awake, and the sweep does', async () => {
      expect((await board(`PUT ${QUEUE}/pause`)).status).toBe(200);
      const { id } = await ringOneByOne();
      await expectUnharmed(id);
      const ready = await server.call('GET /health/ready', { token: null });
      expect(JSON.stringify(ready.body)).toContain('alarm_queue');
      expect((await board(`PUT ${QUEUE}/resume`)).status).toBe(200);
    });

    it('obliterated, it is filled again by the next groupcall', async () => {
      const before = await ringOneByOne();
      await alarmOf(before.id);
      await board(`PUT ${QUEUE}/obliterate`);
      const after = await ringOneByOne();
      await Promise.all([expectUnharmed(before.id), expectUnharmed(after.id)]);
    });
  });
}

describeQueueBoard('The queue dashboard with alarms on PostgreSQL', async () => ({
  env: {},
  close: () => Promise.resolve(),
}));

describeWithRedis('on Redis', () => {
  describeQueueBoard('The queue dashboard with alarms on Redis', async () => {
    const redis = await (await RedisServer.reserve()).start();
    return { env: { REDIS_URL: redis.url }, close: () => redis.stop() };
  });
});

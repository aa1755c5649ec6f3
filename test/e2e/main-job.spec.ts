import { randomUUID } from 'node:crypto';
import type { GroupcallResource } from '@groupcall/groupcall';
import { parseTimestamp } from '@groupcall/shared';
import { ApiClient, phone } from '../support/api-client.js';
import { startApi, type ApiServer } from './support/api-server.js';
import { describeWithRedis, redisUrl } from '../support/servers.js';

/** The main job over real HTTP, on a real PostgreSQL, with the alarms on the backend named. */
function describeMainJob(name: string, redis: () => Record<string, string>): void {
  describe(name, () => {
    let server: ApiServer;
    let api: ApiClient;

    beforeAll(async () => {
      server = await startApi(redis());
    }, 60_000);

    afterAll(async () => {
      await server?.close();
    }, 30_000);

    beforeEach(async () => {
      api = new ApiClient(server.url, await server.token({ customerId: randomUUID() }));
    });

    it('rings all, lets exactly one win, hangs the others up and ends when the winner does', async () => {
      const created = await api.create({
        destinations: [
          phone('answer-after-300ms-hangup-after-400ms'),
          phone('ring'),
          phone('answer-after-5s'),
        ],
      });
      expect(created).toMatchObject({ status: 'progressing', call_count: 3, ring_method: 'ring_all' });
      expect(created.call_ids).toHaveLength(3);

      const ended = await api.ended(created.id);
      const legs = await api.legs(created.id);
      expect(ended).toMatchObject({
        hangup_reason: 'normal',
        answer_call_id: created.call_ids[0],
        call_count: 0,
      });
      expect(legs.map((leg) => [leg.status, leg.hangup_reason, leg.hangup_by])).toEqual([
        ['hangup', 'normal', 'remote'],
        ['hangup', 'answered_elsewhere', 'local'],
        ['hangup', 'answered_elsewhere', 'local'],
      ]);
    });

    it('lets only the first of two simultaneous answers win', async () => {
      const created = await api.create({
        destinations: Array.from({ length: 8 }, () => phone('answer-hangup-after-500ms')),
      });
      const ended = await api.ended(created.id);
      const legs = await api.legs(created.id);
      const winners = legs.filter((leg) => leg.hangup_reason === 'normal');
      expect(winners.map((leg) => leg.id)).toEqual([ended.answer_call_id]);
      expect(legs.filter((leg) => leg.hangup_reason === 'answered_elsewhere')).toHaveLength(7);
    });

    it('dials linearly: the second when the ring time of the first has run out, never before', async () => {
      const created = await api.create({
        ring_method: 'linear',
        dial_timeout: 1_000,
        destinations: [phone('noanswer'), phone('answer-hangup-after-200ms'), phone('ring')],
      });
      expect(created.call_ids).toHaveLength(1);
      const ended = await api.ended(created.id);
      const [first, second, ...more] = await api.legs(created.id);
      expect(more).toEqual([]);
      expect(first).toMatchObject({ hangup_reason: 'dialout', hangup_by: 'local' });
      expect(second).toMatchObject({ hangup_reason: 'normal' });
      expect(ended).toMatchObject({ dial_index: 1, answer_call_id: second.id, hangup_reason: 'normal' });
      const rang = parseTimestamp(second.tm_create)! - parseTimestamp(first.tm_dial)!;
      expect(rang).toBeGreaterThanOrEqual(1_000);
      expect(second.tm_create >= first.dial_deadline).toBe(true);
    });

    it('ends a ring_all that nobody answers with dialout', async () => {
      const created = await api.create({
        dial_timeout: 1_000,
        destinations: [phone('ring'), phone('noanswer')],
      });
      const ended = await api.ended(created.id);
      expect(ended).toMatchObject({
        hangup_reason: 'dialout',
        answer_call_id: expect.stringMatching(/^0{8}-/),
      });
      const legs = await api.legs(created.id);
      for (const leg of legs) {
        expect(leg).toMatchObject({ status: 'hangup', hangup_reason: 'dialout' });
        expect(parseTimestamp(leg.tm_hangup)! - parseTimestamp(leg.tm_dial)!).toBeGreaterThanOrEqual(1_000);
      }
    });

    it('ends with busy when everybody is', async () => {
      const created = await api.create({ destinations: [phone('busy'), phone('busy'), phone('busy')] });
      await expect(api.ended(created.id)).resolves.toMatchObject({ hangup_reason: 'busy', call_count: 0 });
    });

    it('goes through a linear list of the unreachable and ends with the strongest reason', async () => {
      const created = await api.create({
        ring_method: 'linear',
        destinations: [phone('fail'), phone('busy'), phone('reject-after-100ms')],
      });
      await expect(api.ended(created.id)).resolves.toMatchObject({ hangup_reason: 'busy', dial_index: 2 });
      expect((await api.legs(created.id)).map((leg) => leg.hangup_reason)).toEqual([
        'failed',
        'busy',
        'rejected',
      ]);
    });

    it('hangs up while it rings, and stays ended', async () => {
      const created = await api.create({ destinations: [phone('ring'), phone('ring')] });
      await api.leg(created.id, 0, (leg) => leg.status === 'ringing');
      const asked = await api.post<GroupcallResource>(`/groupcalls/${created.id}/hangup`);
      expect(asked.status).toBe(200);
      const ended = await api.ended(created.id);
      expect(ended.hangup_reason).toBe('cancel');
      expect((await api.legs(created.id)).map((leg) => leg.hangup_reason)).toEqual(['cancel', 'cancel']);
      const again = await api.post(`/groupcalls/${created.id}/hangup`);
      expect([again.status, again.body]).toEqual([200, ended]);
    });

    it('makes a late second answer lose', async () => {
      const created = await api.create({ destinations: [phone('ring'), phone('answer-on-cancel')] });
      await api.leg(created.id, 1, (leg) => leg.status === 'ringing');
      const winner = await api.leg(created.id, 0, (leg) => leg.status === 'ringing');
      expect((await api.play(winner.id, 'answer')).status).toBe(202);
      const loser = await api.leg(created.id, 1, (leg) => leg.status === 'hangup');
      expect(loser).toMatchObject({ hangup_reason: 'answered_elsewhere', hangup_by: 'local' });
      expect(await api.groupcall(created.id)).toMatchObject({
        status: 'progressing',
        answer_call_id: winner.id,
        call_count: 1,
      });
      await api.play(winner.id, 'hangup', { reason: 'normal' });
      await expect(api.ended(created.id)).resolves.toMatchObject({
        answer_call_id: winner.id,
        hangup_reason: 'normal',
      });
    });
  });
}

describeMainJob('The main job with alarms on PostgreSQL', () => ({}));
describeWithRedis('with Redis', () => {
  describeMainJob('The main job with alarms on Redis', () => ({ REDIS_URL: redisUrl() }));
});

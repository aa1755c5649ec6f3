import { randomUUID } from 'node:crypto';
import { ApiClient, phone } from '../support/api-client.js';
import { startApi, type ApiServer } from './support/api-server.js';

/** What each mix of phones must come to, whatever else goes on at the same time. */
const SCRIPTS = [
  {
    body: { destinations: ['answer-after-5s-hangup-after-1s', 'ring', 'ring', 'busy', 'reject'] },
    reason: 'normal',
    legs: ['normal', 'answered_elsewhere', 'answered_elsewhere', 'busy', 'rejected'],
  },
  {
    body: { destinations: ['busy', 'busy', 'reject', 'fail', 'busy'] },
    reason: 'busy',
    legs: ['busy', 'busy', 'rejected', 'failed', 'busy'],
  },
  {
    body: {
      ring_method: 'linear',
      destinations: ['busy', 'reject', 'answer-hangup-after-500ms', 'ring', 'ring'],
    },
    reason: 'normal',
    legs: ['busy', 'rejected', 'normal'],
  },
  {
    body: { dial_timeout: 3_000, destinations: ['ring', 'noanswer', 'ring', 'noanswer', 'ring'] },
    reason: 'dialout',
    legs: ['dialout', 'dialout', 'dialout', 'dialout', 'dialout'],
  },
];

describe('500 groupcalls of 5 destinations at once', () => {
  let server: ApiServer;
  let api: ApiClient;

  beforeAll(async () => {
    server = await startApi({ LIMIT_GROUPCALLS_PER_SECOND: '0', LIMIT_LIVE_LEGS: '0' });
    api = new ApiClient(server.url, await server.token({ customerId: randomUUID() }));
  }, 60_000);

  afterAll(async () => {
    await server?.close();
  }, 30_000);

  it('all end as their scripts say', async () => {
    const wanted = Array.from({ length: 500 }, (_, index) => SCRIPTS[index % SCRIPTS.length]);
    const created = await Promise.all(
      wanted.map(({ body }) => api.create({ ...body, destinations: body.destinations.map(phone) })),
    );
    for (const [index, { id }] of created.entries()) {
      const ended = await api.ended(id, 60_000);
      const legs = await api.legs(id);
      expect({ reason: ended.hangup_reason, legs: legs.map((leg) => leg.hangup_reason) }).toEqual({
        reason: wanted[index].reason,
        legs: wanted[index].legs,
      });
      expect(ended.call_count).toBe(0);
    }
  }, 120_000);
});

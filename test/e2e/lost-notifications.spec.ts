import { randomUUID } from 'node:crypto';
import { RuntimeMetrics } from '@groupcall/groupcall';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startApi, type ApiServer } from './support/api-server.js';

/** The gateway's side is changed behind the server's back: what it would have been told never arrives. */
describe('Lost notifications', () => {
  let server: ApiServer;
  let api: ApiClient;
  let customerId: string;

  beforeAll(async () => {
    server = await startApi(
      {},
      { timings: { reconcileInterval: 200, reconcileGrace: 200, missingCallPatience: 500 } },
    );
  }, 60_000);

  afterAll(() => server?.close(), 30_000);

  beforeEach(async () => {
    customerId = randomUUID();
    api = new ApiClient(server.url, await server.token({ customerId }));
  });

  const becomes = (legId: string, state: string, reason: string | null = null) =>
    server.query(
      `UPDATE simulated_call SET state = '${state}', reason = ${reason ? `'${reason}'` : 'NULL'},
       next_at = NULL, news = '{}', news_at = NULL WHERE id = '${legId}'`,
    );

  it('lets a phone win whose answer was lost', async () => {
    const created = await api.create({ destinations: [phone('ring'), phone('ring')] });
    const leg = await api.leg(created.id, 0, ({ status }) => status === 'ringing');
    await becomes(leg.id, 'answered');
    await api.leg(created.id, 0, ({ status }) => status === 'progressing');
    await api.leg(created.id, 1, ({ hangup_reason }) => hangup_reason === 'answered_elsewhere');
    expect((await api.groupcall(created.id)).answer_call_id).toBe(leg.id);
    await api.play(leg.id, 'hangup', { reason: 'normal' });
    await api.ended(created.id);
  });

  it('goes on to the next phone when the end of the first was lost', async () => {
    const created = await api.create({ ring_method: 'linear', destinations: [phone('ring'), phone('busy')] });
    const leg = await api.leg(created.id, 0, ({ status }) => status === 'ringing');
    await becomes(leg.id, 'ended', 'rejected');
    const ended = await api.ended(created.id);
    expect([ended.hangup_reason, ended.dial_index]).toEqual(['busy', 1]);
  });

  it('ends the tree when the end of the winner was lost', async () => {
    const created = await api.create({ destinations: [phone('answer')] });
    const leg = await api.leg(created.id, 0, ({ status }) => status === 'progressing');
    await becomes(leg.id, 'ended', 'normal');
    expect((await api.ended(created.id)).hangup_reason).toBe('normal');
  });

  it('counts a call as ended that the gateway has forgotten, but not at the first look', async () => {
    const created = await api.create({ destinations: [phone('ring')] });
    const leg = await api.leg(created.id, 0, ({ status }) => status === 'ringing');
    await server.query(`DELETE FROM simulated_call WHERE id = '${leg.id}'`);
    expect((await api.ended(created.id)).hangup_reason).toBe('failed');
  });

  it('hangs up a living call that no committed state wants', async () => {
    const created = await api.create({ destinations: [phone('ring')] });
    const leg = await api.leg(created.id, 0, ({ status }) => status === 'ringing');
    await becomes(leg.id, 'ended', 'busy');
    await api.ended(created.id);
    const before = server.app.get(RuntimeMetrics).orphanCalls;
    await becomes(leg.id, 'answered');
    await eventually(async () => {
      const [call] = await server.query(`SELECT state FROM simulated_call WHERE id = '${leg.id}'`);
      expect(call.state).toBe('ended');
    });
    expect(server.app.get(RuntimeMetrics).orphanCalls).toBe(before + 1);
    expect((await api.groupcall(created.id)).answer_call_id).toMatch(/^0{8}-/);
  });
});

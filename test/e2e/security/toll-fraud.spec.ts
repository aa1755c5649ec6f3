import { eventually } from '../../support/eventually.js';
import { startApi, type ApiServer } from '../support/api-server.js';

/** RELIABILITY 4.3: where calls may go and how fast, when they are asked for and again when they are placed. */
describe('the toll-fraud guards', () => {
  let api: ApiServer;
  const AGENT = '01900000-0000-7000-8000-0000000000d1';
  const sip = (target: string) => ({ type: 'sip', target });
  const tel = (target: string) => ({ type: 'tel', target });
  const create = (destinations: object[], more: object = {}) =>
    api.call('POST /groupcalls', { body: { destinations, ...more } });
  const legsOf = async (id: string) => (await api.call(`GET /groupcalls/${id}/legs?tree=true`)).body.result;
  const placed = async () => (await api.query('SELECT id FROM simulated_call')).map(({ id }) => id);

  beforeAll(async () => {
    api = await startApi({
      DIAL_TEL_PREFIXES: '+49,+1555',
      DIAL_SIP_HOSTS: 'sim',
      LIMIT_LEGS_PER_NUMBER_PER_MINUTE: '3',
      LIMIT_GROUPCALLS_PER_SECOND: '0',
    });
  }, 60_000);
  afterAll(() => api?.close());

  it('refuse a request that wants to call where nobody may, and name the destination', async () => {
    const nested = { type: 'groupcall', destinations: [sip('ring@sim'), tel('+8821234567')] };
    const { status, body } = await create([tel('+15551230000'), sip('anna@evil.example'), nested]);
    expect([status, body.error.reason]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(body.error.details).toEqual([
      { field: 'destinations[1].target', message: 'may not be dialled here; allowed are the hosts sim' },
      {
        field: 'destinations[2].destinations[1].target',
        message: 'may not be dialled here; allowed are numbers that begin with +49, +1555',
      },
    ]);
    expect((await api.call('GET /groupcalls')).body.result).toEqual([]);
  });

  it('look again when a directory has answered: what it may not say is not dialled, the others ring', async () => {
    const addresses = [tel('+8821234567'), sip('x@169.254.169.254'), sip('ring@sim')];
    expect(
      (await api.call(`PUT /agents/${AGENT}`, { body: { ring_method: 'ring_all', addresses } })).status,
    ).toBe(200);
    const { body: groupcall } = await create([{ type: 'agent', target: AGENT }]);
    const legs = await eventually(async () => {
      const all = await legsOf(groupcall.id);
      expect(all.map((leg: { status: string }) => leg.status)).toEqual(['hangup', 'hangup', 'ringing']);
      return all;
    });
    for (const leg of legs.slice(0, 2)) {
      expect(leg).toMatchObject({
        hangup_reason: 'rejected',
        hangup_by: 'local',
        tm_dial: '9999-01-01 00:00:00.000000',
      });
      expect(await placed()).not.toContain(leg.id);
    }
    expect(await placed()).toContain(legs[2].id);
    expect((await api.call('GET /metrics')).text).toMatch(/^groupcall_dials_forbidden_total 2$/m);
  });

  it('call one number no more than so often within a minute, over all groupcalls', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => create([tel('+4915112345678'), sip('ring@sim')])),
    );
    const legs = await eventually(async () => {
      const found = (await Promise.all(all.map(({ body }) => legsOf(body.id)))).flat();
      const numbers = found.filter((leg) => leg.destination.type === 'tel');
      expect(numbers.filter((leg) => leg.status === 'ringing')).toHaveLength(3);
      expect(numbers.filter((leg) => leg.status === 'hangup')).toHaveLength(2);
      expect(found.filter((leg) => leg.destination.type === 'sip' && leg.status === 'ringing')).toHaveLength(
        5,
      );
      return numbers;
    });
    for (const leg of legs.filter(({ status }) => status === 'hangup')) {
      expect(leg).toMatchObject({ hangup_reason: 'rejected', hangup_by: 'local' });
      expect(await placed()).not.toContain(leg.id);
    }
  });
});

describe('the pace of dials', () => {
  it('is kept over two processes: nobody is refused, the rest waits for its turn', async () => {
    const api = await startApi({
      LIMIT_LEGS_PER_SECOND: '5',
      LIMIT_GROUPCALLS_PER_SECOND: '0',
    });
    const { createApp, resolveSettings } = await import('../../../apps/api/src/index.js');
    const second = await createApp(
      resolveSettings({
        NODE_ENV: 'test',
        PORT: '0',
        DATABASE_URL: api.databaseUrl,
        LIMIT_LEGS_PER_SECOND: '5',
        JWT_SECRET: 'a secret that is known to this test only',
        ADMIN_PASSWORD: 'correct horse battery',
      }),
      { logger: false },
    );
    try {
      const { body } = await api.call('POST /groupcalls', {
        body: { destinations: Array.from({ length: 18 }, () => ({ type: 'sip', target: 'ring@sim' })) },
      });
      await eventually(
        async () => {
          const { result } = (await api.call(`GET /groupcalls/${body.id}/legs`)).body;
          expect(result.filter((leg: { status: string }) => leg.status === 'ringing')).toHaveLength(18);
        },
        { timeout: 20_000 },
      );
      const moments = (await api.query('SELECT tm_dial FROM groupcall_leg ORDER BY tm_dial')).map(
        ({ tm_dial }) => Number(tm_dial),
      );
      // What is told of a call comes a little after its order, so two seconds may share a few.
      expect(moments.at(-1)! - moments[0]).toBeGreaterThan(2_500);
    } finally {
      await second.close();
      await api.close();
    }
  }, 60_000);
});

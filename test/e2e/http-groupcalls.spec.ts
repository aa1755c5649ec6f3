import { eventually } from '../support/eventually.js';
import { AGENT, CUSTOMER, OTHER_CUSTOMER, startApi, type ApiServer } from './support/api-server.js';

const NIL = '00000000-0000-0000-0000-000000000000';
const NEVER = '9999-01-01 00:00:00.000000';
const sip = (user: string) => ({ type: 'sip', target: `${user}@sim` });
const KEYS =
  'id customer_id owner_type owner_id status flow_id source destinations master_call_id master_groupcall_id ring_method answer_method answer_call_id call_ids answer_groupcall_id groupcall_ids call_count groupcall_count dial_index tm_create tm_update tm_delete dial_timeout hangup_reason'.split(
    ' ',
  );
const LEG_KEYS =
  'id groupcall_id customer_id destination destination_index status hangup_reason hangup_by tm_create tm_dial tm_ringing tm_answer tm_hangup dial_deadline'.split(
    ' ',
  );

describe('groupcalls over HTTP', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi({ LIMIT_GROUPCALLS_PER_SECOND: '0' });
  }, 60_000);
  afterAll(() => api?.close());

  const create = async (body: object = { destinations: [sip('ring')] }, token?: string, query = '') => {
    const answer = await api.call(`POST /groupcalls${query}`, { body, token });
    expect(answer.body).toMatchObject({ status: 'progressing' });
    return answer.body;
  };
  const statusOf = async (line: string, token?: string) => (await api.call(line, { token })).status;

  describe('creating one', () => {
    it('answers 201 with its place and every key in the documented order', async () => {
      const answer = await api.call('POST /groupcalls', {
        body: {
          source: { type: 'tel', target: '+15551230000', name: 'Reception' },
          destinations: [sip('ring'), sip('noanswer')],
          ring_method: 'linear',
          answer_method: '',
          flow_id: '01900000-0000-7000-8000-0000000000f1',
          dial_timeout: 5000,
        },
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(`/groupcalls/${answer.body.id}`);
      expect(Object.keys(answer.body)).toEqual(KEYS);
      expect(answer.body).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        customer_id: CUSTOMER,
        status: 'progressing',
        source: { type: 'tel', target: '+15551230000', target_name: '', name: 'Reception', detail: '' },
        master_groupcall_id: NIL,
        ring_method: 'linear',
        answer_method: '',
        call_ids: [expect.any(String)],
        call_count: 1,
        dial_timeout: 5000,
        hangup_reason: '',
        tm_delete: NEVER,
      });
      expect(answer.body.destinations[0]).toEqual({
        type: 'sip',
        target: 'ring@sim',
        target_name: '',
        name: '',
        detail: '',
      });
    });

    it('twice with one key and body makes one groupcall; with another body it is a conflict', async () => {
      const headers = { 'idempotency-key': 'order-66' };
      const body = { destinations: [sip('ring')] };
      const answers = await Promise.all([1, 2, 3].map(() => api.call('POST /groupcalls', { body, headers })));
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      const other = await api.call('POST /groupcalls', { body: { destinations: [sip('busy')] }, headers });
      expect(other.body.error).toMatchObject({ status: 409, reason: 'CONFLICT' });
    });

    it('rings, and the first answer wins', async () => {
      const { id, call_ids } = await create({
        destinations: [sip('ring'), sip('answer-after-100ms'), sip('ring')],
      });
      const answered = await eventually(async () => {
        const { body } = await api.call(`GET /groupcalls/${id}`);
        expect(body).toMatchObject({ answer_call_id: call_ids[1], call_count: 1 });
        return body;
      });
      expect(answered.status).toBe('progressing');
      const { body: legs } = await api.call(`GET /groupcalls/${id}/legs`);
      expect(legs.result.map((leg: { hangup_reason: string }) => leg.hangup_reason)).toEqual([
        'answered_elsewhere',
        '',
        'answered_elsewhere',
      ]);
      expect(Object.keys(legs.result[0])).toEqual(LEG_KEYS);
    });
  });

  it('previewing one tells what would ring when, with the directory as it is, and nothing is stored', async () => {
    const before = (await api.call('GET /groupcalls')).body.result.length;
    const extension = `preview-${Date.now()}`;
    await api.call(`PUT /extensions/${extension}`, { body: { contacts: ['ring@sim', 'busy@sim'] } });
    const { status, body } = await api.call('POST /groupcalls/preview', {
      body: {
        ring_method: 'linear',
        dial_timeout: 5_000,
        destinations: [
          sip('answer'),
          { type: 'extension', target: extension },
          { type: 'extension', target: 'no-such' },
        ],
      },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ legs: 3, most_at_once: 2, longest: 10_000 });
    expect(body.rings.map(({ at, path }: { at: number; path: string }) => [at, path])).toEqual([
      [0, 'destinations[0]'],
      [5_000, 'destinations[1].contacts[0]'],
      [5_000, 'destinations[1].contacts[1]'],
    ]);
    expect(body.warnings).toMatchObject([{ kind: 'unresolvable', path: 'destinations[2]' }]);
    expect((await api.call('GET /groupcalls')).body.result.length).toBe(before);
    const refused = await api.call('POST /groupcalls/preview', { body: { destinations: [] } });
    expect(refused.body.warnings).toMatchObject([{ kind: 'refused', path: 'destinations' }]);
    expect((await api.call('POST /groupcalls/preview', { body: { phones: [] } })).status).toBe(400);
  });

  it('hanging up ends it, and again changes nothing', async () => {
    const { id } = await create();
    const first = await api.call(`POST /groupcalls/${id}/hangup`);
    expect(first.status).toBe(200);
    expect(Object.keys(first.body)).toEqual(KEYS);
    const ended = await eventually(async () => {
      const { body } = await api.call(`GET /groupcalls/${id}`);
      expect(body).toMatchObject({ status: 'hangup', hangup_reason: 'cancel' });
      return body;
    });
    const again = await api.call(`POST /groupcalls/${id}/hangup`, { body: {} });
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: ended });
  });

  it('deleting takes it out of the list and leaves it readable; a child cannot be deleted alone', async () => {
    const parent = await create({
      destinations: [{ type: 'groupcall', destinations: [sip('ring')] }, sip('ring')],
    });
    const [child] = parent.groupcall_ids;
    expect(await statusOf(`DELETE /groupcalls/${child}`)).toBe(409);
    const deleted = await api.call(`DELETE /groupcalls/${parent.id}`);
    expect(deleted.status).toBe(200);
    expect(deleted.body.tm_delete).not.toBe(NEVER);
    expect(await statusOf(`DELETE /groupcalls/${parent.id}`)).toBe(200);
    expect(await statusOf(`GET /groupcalls/${parent.id}`)).toBe(200);
    const { body } = await api.call('GET /groupcalls');
    const listed = body.result.map(({ id }: { id: string }) => id);
    expect(listed).not.toContain(parent.id);
    expect(listed).not.toContain(child);
  });

  it('shows the legs of one groupcall or of its whole tree, and every leg by itself', async () => {
    const { id, call_ids } = await create({
      destinations: [sip('ring'), { type: 'groupcall', destinations: [sip('ring'), sip('ring')] }],
    });
    const own = await api.call(`GET /groupcalls/${id}/legs`);
    expect(own.body.result.map((leg: { id: string }) => leg.id)).toEqual(call_ids);
    const tree = await api.call(`GET /groupcalls/${id}/legs?tree=true`);
    expect(tree.body.result).toHaveLength(3);
    const leg = await api.call(`GET /calls/${call_ids[0]}`);
    expect(Object.keys(leg.body)).toEqual(LEG_KEYS);
    const calls = await api.call(`GET /calls?groupcall_id=${id}`);
    expect(calls.body).toEqual({
      result: [expect.objectContaining({ id: call_ids[0] })],
      next_page_token: '',
    });
  });

  describe('listing', () => {
    const customer = '01900000-0000-7000-8000-00000000000c';
    let token: string;
    const ids: string[] = [];
    beforeAll(async () => {
      token = await api.token({ customerId: customer });
      for (let i = 0; i < 5; i += 1) {
        const linear = i % 2 === 0 ? { ring_method: 'linear' } : {};
        ids.unshift((await create({ destinations: [sip('ring')], ...linear }, token)).id);
      }
    });
    const list = async (query: string) => (await api.call(`GET /groupcalls${query}`, { token })).body;
    const idsOf = (page: { result: { id: string }[] }) => page.result.map(({ id }) => id);

    it('is newest first and ends with an empty token', async () => {
      const page = await list('');
      expect(idsOf(page)).toEqual(ids);
      expect(page.next_page_token).toBe('');
    });

    it('goes page by page without gaps or repeats, also when new ones come in between', async () => {
      const first = await list('?page_size=2');
      const late = await create(undefined, token);
      const second = await list(`?page_size=2&page_token=${first.next_page_token}`);
      const third = await list(`?page_size=2&page_token=${second.next_page_token}`);
      expect([first, second, third].flatMap(idsOf)).toEqual(ids);
      expect(third.next_page_token).toBe('');
      await api.call(`DELETE /groupcalls/${late.id}`, { token });
    });

    it('filters', async () => {
      expect(idsOf(await list('?ring_method=linear'))).toEqual([ids[0], ids[2], ids[4]]);
      expect(idsOf(await list('?status=hangup'))).toEqual([]);
      expect(idsOf(await list(`?master_groupcall_id=${NIL}&status=progressing`))).toEqual(ids);
      expect(idsOf(await list(`?flow_id=01900000-0000-7000-8000-0000000000F1`))).toEqual([]);
    });

    it("refuses another customer's token, and one of other filters or another list", async () => {
      const { next_page_token: page } = await list('?page_size=2');
      expect(await statusOf(`GET /groupcalls?page_size=2&page_token=${page}`)).toBe(400);
      expect(await statusOf(`GET /groupcalls?status=hangup&page_token=${page}`, token)).toBe(400);
      expect(await statusOf(`GET /calls?page_token=${page}`, token)).toBe(400);
      expect(await statusOf(`GET /groupcalls?page_size=4&page_token=${page}`, token)).toBe(200);
    });
  });

  describe("somebody else's", () => {
    it.each([
      'GET /groupcalls/:id',
      'GET /groupcalls/:id/legs',
      'POST /groupcalls/:id/hangup',
      'DELETE /groupcalls/:id',
      'GET /calls/:leg',
    ])('%s is not found', async (line) => {
      const { id, call_ids } = await create();
      const path = line.replace(':id', id).replace(':leg', call_ids[0]);
      expect(await statusOf(path, await api.token({ customerId: OTHER_CUSTOMER }))).toBe(404);
      const { body } = await api.call(`GET /groupcalls/${id}`);
      expect(body).toMatchObject({ status: 'progressing', tm_delete: NEVER });
    });

    it('is in no list', async () => {
      await create();
      const token = await api.token({ customerId: OTHER_CUSTOMER });
      for (const line of ['GET /groupcalls', 'GET /calls']) {
        expect((await api.call(line, { token })).body).toEqual({ result: [], next_page_token: '' });
      }
    });
  });

  describe('roles', () => {
    it('a manager may do what an administrator may', async () => {
      const token = await api.token({ role: 'customer_manager' });
      const { id } = await create(undefined, token);
      expect(await statusOf(`POST /groupcalls/${id}/hangup`, token)).toBe(200);
    });

    it('nobody but a platform administrator names another customer', async () => {
      expect(await statusOf(`GET /groupcalls?customer_id=${OTHER_CUSTOMER}`)).toBe(403);
      expect(await statusOf(`GET /groupcalls?customer_id=${CUSTOMER.toUpperCase()}`)).toBe(200);
    });

    it('a platform administrator works for any customer and has to say for which', async () => {
      const token = await api.token({ role: 'platform_admin', customerId: undefined });
      const unnamed = await api.call('GET /groupcalls', { token });
      expect(unnamed.body.error).toMatchObject({
        status: 400,
        details: [{ field: 'customer_id', message: expect.stringContaining('?customer_id=') }],
      });
      const created = await create(undefined, token, `?customer_id=${CUSTOMER}`);
      expect(created.customer_id).toBe(CUSTOMER);
      expect(await statusOf(`GET /groupcalls/${created.id}?customer_id=${OTHER_CUSTOMER}`, token)).toBe(404);
      expect(await statusOf(`GET /groupcalls/${created.id}?customer_id=${CUSTOMER}`, token)).toBe(200);
    });

    describe('an agent', () => {
      let token: string;
      let own: { id: string; call_ids: string[] };
      let foreign: { id: string; call_ids: string[] };
      beforeAll(async () => {
        token = await api.token({ role: 'customer_agent', agentId: AGENT });
        const addresses = { ring_method: 'ring_all', addresses: [sip('ring')] };
        expect((await api.call(`PUT /agents/${AGENT}`, { body: addresses })).status).toBe(200);
        const { id } = await create({ destinations: [{ type: 'agent', target: AGENT }] });
        own = await eventually(async () => {
          const { body } = await api.call(`GET /groupcalls/${id}`);
          expect(body).toMatchObject({
            owner_type: 'agent',
            owner_id: AGENT,
            call_ids: [expect.any(String)],
          });
          return body;
        });
        foreign = await create();
      });

      it('reads what the agent owns', async () => {
        for (const line of [
          `GET /groupcalls/${own.id}`,
          `GET /groupcalls/${own.id}/legs`,
          `GET /groupcalls/${own.id}/legs?tree=true`,
          `GET /calls/${own.call_ids[0]}`,
        ]) {
          expect([line, await statusOf(line, token)]).toEqual([line, 200]);
        }
        for (const line of ['GET /groupcalls', `GET /groupcalls?owner_id=${AGENT}`]) {
          const { body } = await api.call(line, { token });
          expect(body.result.map(({ id }: { id: string }) => id)).toEqual([own.id]);
        }
        const { body: calls } = await api.call('GET /calls', { token });
        expect(calls.result.map(({ id }: { id: string }) => id)).toEqual(own.call_ids);
      });

      it('does not see anything else', async () => {
        for (const line of [
          `GET /groupcalls/${foreign.id}`,
          `GET /groupcalls/${foreign.id}/legs`,
          `GET /calls/${foreign.call_ids[0]}`,
        ]) {
          expect([line, await statusOf(line, token)]).toEqual([line, 404]);
        }
        expect((await api.call(`GET /calls?groupcall_id=${foreign.id}`, { token })).body.result).toEqual([]);
        expect((await api.call(`GET /groupcalls?owner_id=${NIL}`, { token })).body.result).toEqual([]);
      });

      it('sees of a tree only the own phones', async () => {
        const root = await create({ destinations: [sip('ring'), { type: 'agent', target: AGENT }] });
        const child = await eventually(async () => {
          const { body } = await api.call(`GET /groupcalls/${root.id}`);
          expect(body.groupcall_ids).toHaveLength(1);
          return body.groupcall_ids[0];
        });
        expect(await statusOf(`GET /groupcalls/${root.id}`, token)).toBe(404);
        const { body } = await api.call(`GET /groupcalls/${child}/legs?tree=true`, { token });
        expect(body.result).toEqual([expect.objectContaining({ groupcall_id: child })]);
        await api.call(`DELETE /groupcalls/${root.id}`);
      });

      it('changes nothing', async () => {
        for (const line of [
          'POST /groupcalls',
          `POST /groupcalls/${own.id}/hangup`,
          `DELETE /groupcalls/${own.id}`,
        ]) {
          const { body } = await api.call(line, { token });
          expect(body.error).toMatchObject({ status: 403, reason: 'PERMISSION_DENIED' });
        }
      });
    });
  });
});

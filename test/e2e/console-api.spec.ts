import { randomUUID } from 'node:crypto';
import type { ConsoleChanges, ConsolePage, ConsoleTree } from '@groupcall/api/console';
import { NEVER } from '@groupcall/shared';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { ADMIN_PASSWORD, startApi, type ApiServer } from './support/api-server.js';

describe('the API behind the console', () => {
  let server: ApiServer;
  let admin: string;
  beforeAll(async () => {
    server = await startApi({ LIMIT_GROUPCALLS_PER_SECOND: '0' });
    admin = await server.token({ role: 'platform_admin', customerId: undefined });
  }, 60_000);
  afterAll(() => server?.close());

  const ask = (line: string, body?: unknown) => server.call(line, { token: admin, body });
  const clientOf = async (customerId: string) =>
    new ApiClient(server.url, await server.token({ customerId }));
  const list = async (query: string): Promise<ConsolePage> => {
    const answer = await ask(`GET /admin/api/groupcalls?${query}`);
    expect(answer.status).toBe(200);
    return answer.body as ConsolePage;
  };
  const treeOf = async (id: string): Promise<ConsoleTree> =>
    (await ask(`GET /admin/api/groupcalls/${id}`)).body;
  const phaseOf = (id: string, phase: string) =>
    eventually(async () => expect((await treeOf(id)).phase).toBe(phase), { timeout: 20_000 });

  it('lists the roots of all customers, newest first, page by page', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const ids: string[] = [];
    for (const customer of [one, other, one]) {
      const { id } = await (
        await clientOf(customer)
      ).create({
        destinations: [{ type: 'groupcall', target_name: 'nested', destinations: [phone('ring')] }],
      });
      ids.unshift(id);
    }
    const first = await list('page_size=2');
    expect(first.result.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.totals.live).toBe(3);
    const second = await list(`page_size=2&before=${first.next}`);
    expect(second).toMatchObject({ result: [{ id: ids[2] }], next: '' });
    expect(second.result[0]).toMatchObject({
      customer_id: one,
      phase: 'ringing',
      destination_count: 1,
      leg_count: 1,
      winner: null,
      tm_end: NEVER,
    });
    const own = await list(`customer_id=${one.toUpperCase()}`);
    expect(own.result.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  });

  it('narrows the list to a phase, a ring method and an outcome', async () => {
    const customer = randomUUID();
    const client = await clientOf(customer);
    const ringing = await client.create({ ring_method: 'linear', destinations: [phone('ring')] });
    const talking = await client.create({ destinations: [phone('answer')] });
    const busy = await client.create({ destinations: [phone('busy')] });
    const normal = await client.create({ destinations: [phone('answer-hangup-after-100ms')] });
    await Promise.all([
      phaseOf(talking.id, 'talking'),
      phaseOf(busy.id, 'ended'),
      phaseOf(normal.id, 'ended'),
    ]);
    const found = async (query: string) =>
      (await list(`customer_id=${customer}&${query}`)).result.map(({ id }) => id).sort();
    const sorted = (...some: { id: string }[]) => some.map(({ id }) => id).sort();
    expect(await found('phase=live')).toEqual(sorted(ringing, talking));
    expect(await found('phase=ringing')).toEqual(sorted(ringing));
    expect(await found('phase=talking')).toEqual(sorted(talking));
    expect(await found('phase=hangingup')).toEqual([]);
    expect(await found('phase=ended')).toEqual(sorted(busy, normal));
    expect(await found('hangup_reason=busy')).toEqual(sorted(busy));
    expect(await found('ring_method=linear')).toEqual(sorted(ringing));
    const [row] = (await list(`customer_id=${customer}&hangup_reason=normal`)).result;
    expect(row.winner).toMatchObject({ destination: { target: 'answer-hangup-after-100ms@sim' } });
    expect(row.tm_end).toBe(row.winner!.tm_hangup);
  });

  it.each([
    'phase=asleep',
    'ring_method=random',
    'hangup_reason=x',
    'customer_id=7',
    'before=x',
    'page_size=0',
  ])('refuses %s by name', async (query) => {
    const answer = await ask(`GET /admin/api/groupcalls?${query}`);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, query.split('=', 1)[0]]);
  });

  it('finds a tree by the id of anything in it, with what became of every destination', async () => {
    const client = await clientOf(randomUUID());
    const { id } = await client.create({
      ring_method: 'linear',
      destinations: [
        { type: 'extension', target_name: '404' },
        { type: 'groupcall', target_name: 'team', destinations: [phone('ring'), phone('ring')] },
        phone('ring'),
      ],
    });
    const tree = await eventually(async () => {
      const now = await treeOf(id);
      expect(now.legs.map(({ status }) => status)).toEqual(['ringing', 'ringing']);
      expect(now.pending).toEqual([]);
      return now;
    });
    const [root, team] = tree.groupcalls;
    expect(root.slots).toEqual([
      { kind: 'failed', detail: 'the directory does not know extension 404' },
      { kind: 'child', id: team.groupcall.id },
      { kind: 'waiting' },
    ]);
    expect(team.slots.map(({ kind }) => kind)).toEqual(['leg', 'leg']);
    expect(tree).toMatchObject({ root_id: id, phase: 'ringing', winner_call_id: null });
    expect(tree.tm_alarm).toBe(tree.legs[0].dial_deadline);
    for (const other of [team.groupcall.id, tree.legs[1].id.toUpperCase()])
      expect((await treeOf(other)).root_id).toBe(id);
    expect(root.groupcall).toEqual(await client.groupcall(id));
  });

  it('knows no tree of an unknown id', async () => {
    expect((await ask(`GET /admin/api/groupcalls/${randomUUID()}`)).status).toBe(404);
    expect((await ask('GET /admin/api/groupcalls/7')).status).toBe(400);
    expect((await ask('GET /admin/api/nothing')).status).toBe(404);
  });

  it('plays a phone, and hangs up a groupcall', async () => {
    const client = await clientOf(randomUUID());
    const { id } = await client.create({ destinations: [phone('ring'), phone('ring'), phone('ring')] });
    const ringing = await client.leg(id, 2, ({ status }) => status === 'ringing');
    const legs = await client.legs(id);
    const refused = await ask(`POST /admin/api/calls/${ringing.id}/hangup`, { reason: 'boredom' });
    expect([refused.status, refused.body.error.details[0].field]).toEqual([400, 'reason']);
    await eventually(async () =>
      expect((await ask(`POST /admin/api/calls/${legs[0].id}/hangup`, { reason: 'busy' })).status).toBe(202),
    );
    await client.leg(id, 0, ({ hangup_reason }) => hangup_reason === 'busy');
    expect((await ask(`POST /admin/api/calls/${ringing.id}/ringing`)).status).toBe(202);
    expect((await ask(`POST /admin/api/calls/${ringing.id}/answer`)).status).toBe(202);
    await phaseOf(id, 'talking');
    expect((await ask(`POST /admin/api/calls/${ringing.id}/answer`)).status).toBe(409);
    expect((await ask(`POST /admin/api/calls/${randomUUID()}/answer`)).status).toBe(404);
    expect((await ask(`POST /admin/api/groupcalls/${id}/hangup`)).status).toBe(200);
    await phaseOf(id, 'ended');
    expect((await ask(`POST /admin/api/groupcalls/${randomUUID()}/hangup`)).status).toBe(404);
  });

  it('starts each of its samples', async () => {
    const { body: about } = await ask('GET /admin/api/about');
    expect(about).toMatchObject({ simulated: true });
    for (const { name } of about.samples) {
      const started = await ask(`POST /admin/api/samples/${name}`);
      expect([name, started.status]).toEqual([name, 201]);
      expect((await treeOf(started.body.id)).customer_id).toBe(about.sample_customer_id);
    }
    expect((await ask('POST /admin/api/samples/other')).status).toBe(404);
  });

  it('tells what changes, as far as it matches, until the session is over', async () => {
    const customer = randomUUID();
    const { headers } = await server.call('POST /admin/login', {
      token: null,
      raw: new URLSearchParams({ user: 'admin', password: ADMIN_PASSWORD }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const cookie = headers.get('set-cookie')!.split(';', 1)[0];
    const response = await fetch(`${server.url}/admin/api/events?phase=ringing&customer_id=${customer}`, {
      headers: { cookie },
    });
    const changes: ConsoleChanges[] = [];
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const messages = text.split('\n\n');
        text = messages.pop()!;
        for (const message of messages) {
          const data = /^data: (.*)$/m.exec(message)?.[1];
          if (data) changes.push(JSON.parse(data));
        }
      }
    })();
    await eventually(() => expect(changes.length).toBeGreaterThan(0));
    const client = await clientOf(customer);
    const { id } = await client.create({ destinations: [phone('ring')] });
    await eventually(() =>
      expect(changes.some(({ rows }) => rows.some((row) => row.id === id && row.phase === 'ringing'))).toBe(
        true,
      ),
    );
    const leg = await client.leg(id, 0, ({ status }) => status === 'ringing');
    await client.play(leg.id, 'answer');
    // It talks now, so it matches no more: told as changed, and without a row.
    await phaseOf(id, 'talking');
    await eventually(() => {
      const last = changes.filter(({ root_ids }) => root_ids.includes(id)).at(-1);
      expect(last?.rows).toEqual([]);
    });
    await server.call('POST /admin/logout', { token: null, headers: { cookie } });
    await reading;
  });
});

describe('the console of a server that carries nothing out', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApi({}, { workers: { relay: false } });
  }, 60_000);
  afterAll(() => server?.close());

  it('shows what is pending in the outbox', async () => {
    const client = new ApiClient(server.url, await server.token());
    const { id } = await client.create({ destinations: [phone('ring'), phone('ring')] });
    const token = await server.token({ role: 'platform_admin', customerId: undefined });
    const tree = (await server.call(`GET /admin/api/groupcalls/${id}`, { token })).body as ConsoleTree;
    expect(tree.pending.map(({ kind, event_type }) => [kind, event_type])).toEqual([
      ['publish', 'groupcall_created'],
      ['dial', null],
      ['dial', null],
    ]);
    expect(tree.pending[1]).toMatchObject({ call_id: tree.legs[0].id, status: 'pending', attempts: 0 });
    const page = (await server.call('GET /admin/api/groupcalls', { token })).body as ConsolePage;
    expect(page).toMatchObject({ totals: { pending: 3, dead: 0 }, result: [{ id, pending_count: 3 }] });
  });
});

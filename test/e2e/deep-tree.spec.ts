import { randomUUID } from 'node:crypto';
import type { GroupcallResource, LegResource } from '@groupcall/groupcall';
import { NIL_UUID } from '@groupcall/shared';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startApi, type ApiServer } from './support/api-server.js';

const AGENTS = 9;
const PHONES_EACH = 20;

/** Five levels, ring_all and linear by turns, 200 legs: 20 on the way down and 180 of nine agents at the bottom. */
describe('A tree of depth 5 with 200 legs', () => {
  let server: ApiServer;
  let api: ApiClient;
  let root: GroupcallResource;
  let legs: LegResource[];
  let groupcalls: GroupcallResource[];

  beforeAll(async () => {
    server = await startApi();
    api = new ApiClient(server.url, await server.token({ customerId: randomUUID() }));
    const agents = await Promise.all(Array.from({ length: AGENTS }, makeAgent));
    root = await api.create({
      dial_timeout: 60_000,
      destinations: [
        ...phones(7),
        nested('linear', [
          phone('busy'),
          phone('fail'),
          nested('ring_all', [
            ...phones(5),
            nested('linear', [phone('reject'), nested('ring_all', [...phones(5)])]),
            nested('ring_all', agents),
          ]),
        ]),
      ],
    });
  }, 60_000);

  afterAll(() => server?.close(), 30_000);

  const phones = (count: number) => Array.from({ length: count }, () => phone('ring'));
  const nested = (ring_method: string, destinations: object[]) => ({
    type: 'groupcall',
    ring_method,
    destinations,
  });

  async function makeAgent(): Promise<object> {
    const id = randomUUID();
    const reply = await api.request('PUT', `/agents/${id}`, {
      ring_method: 'ring_all',
      addresses: phones(PHONES_EACH),
    });
    expect(reply.status).toBe(200);
    return { type: 'agent', target: id };
  }

  it('rings on every level', async () => {
    await eventually(
      async () => {
        legs = await api.legs(root.id, true);
        expect(legs).toHaveLength(200);
        expect(legs.filter(({ status }) => status === 'ringing')).toHaveLength(197);
      },
      { timeout: 30_000 },
    );
    groupcalls = (await api.get<{ result: GroupcallResource[] }>('/groupcalls')).body.result;
    expect(groupcalls).toHaveLength(1 + 1 + 1 + 2 + 1 + AGENTS);
    expect(Math.max(...groupcalls.map(levelOf))).toBe(5);
    expect(groupcalls.filter(({ owner_type }) => owner_type === 'agent')).toHaveLength(AGENTS);
  }, 60_000);

  const byId = (id: string) => groupcalls.find((one) => one.id === id)!;
  function levelOf(groupcall: GroupcallResource): number {
    return groupcall.master_groupcall_id === NIL_UUID ? 1 : 1 + levelOf(byId(groupcall.master_groupcall_id));
  }

  it('lets one phone at the bottom win and ends the 199 others', async () => {
    const deepest = groupcalls.find((one) => one.owner_type === 'agent' && levelOf(one) === 5)!;
    const winner = legs.find((leg) => leg.groupcall_id === deepest.id)!;
    expect((await api.play(winner.id, 'answer')).status).toBe(202);
    const after = await eventually(
      async () => {
        const now = await api.legs(root.id, true);
        expect(now.filter(({ status }) => status === 'hangup')).toHaveLength(199);
        return now;
      },
      { timeout: 30_000 },
    );
    expect(after.filter(({ status }) => status === 'progressing').map(({ id }) => id)).toEqual([winner.id]);
    expect(after.filter(({ hangup_reason }) => hangup_reason === 'answered_elsewhere')).toHaveLength(196);

    let path = await api.groupcall(deepest.id);
    expect([path.answer_call_id, path.answer_groupcall_id]).toEqual([winner.id, NIL_UUID]);
    while (path.master_groupcall_id !== NIL_UUID) {
      const above = await api.groupcall(path.master_groupcall_id);
      expect([above.answer_call_id, above.answer_groupcall_id]).toEqual([NIL_UUID, path.id]);
      expect(above).toMatchObject({ status: 'progressing', groupcall_count: 1 });
      path = above;
    }
    expect(path.id).toBe(root.id);

    await api.play(winner.id, 'hangup', { reason: 'normal' });
    await api.ended(root.id);
    const ended = (await api.get<{ result: GroupcallResource[] }>('/groupcalls')).body.result;
    expect(
      ended.map(({ status, call_count, groupcall_count }) => [status, call_count, groupcall_count]),
    ).toEqual(ended.map(() => ['hangup', 0, 0]));
  }, 60_000);
});

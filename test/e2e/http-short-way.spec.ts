import { CreateShortWay } from '../../apps/api/src/groupcalls/create-short-way.js';
import { startApi, type ApiAnswer, type ApiServer } from './support/api-server.js';

const RING = { type: 'sip', target: 'ring@sim' };
const create = (change: object = {}) => JSON.stringify({ destinations: [RING], ...change });
const nested = (depth: number): object =>
  depth === 0 ? RING : { type: 'groupcall', destinations: [nested(depth - 1)] };

/** Another way to say the same: it is not taken for plain, and goes through Express and Nest. */
const LONG_WAY = { 'content-type': 'application/json;version=1' };

describe('POST /groupcalls on its short way', () => {
  let api: ApiServer;
  let token: string;
  const taken = jest.spyOn(CreateShortWay.prototype, 'take');
  beforeAll(async () => {
    api = await startApi({ LIMIT_GROUPCALLS_PER_SECOND: '0' });
    token = await api.token();
    expect((await api.call('GET /groupcalls', { token })).status).toBe(200);
  }, 60_000);
  afterAll(() => api?.close());

  async function send(raw: string, headers: Record<string, string>, isShort: boolean): Promise<ApiAnswer> {
    taken.mockClear();
    const answer = await api.call('POST /groupcalls', { token, raw, headers });
    expect(taken.mock.results.map(({ value }) => value as boolean)).toEqual([isShort]);
    return answer;
  }

  it.each<[string, string, Record<string, string>, number]>([
    ['a groupcall', create(), {}, 201],
    ['a groupcall with all it may say', create({ ring_method: 'linear', dial_timeout: 5_000 }), {}, 201],
    ['a nested one', create({ destinations: [nested(2)] }), {}, 201],
    ['text that is not ASCII', create({ source: { name: 'Zoë ☎ 🎉' } }), {}, 201],
    ['text of one byte that is not ASCII', create({ source: { name: 'Zoë' } }), {}, 201],
    ['a byte order mark', `\ufeff${create()}`, {}, 201],
    ['only a byte order mark', '\ufeff', {}, 400],
    ['escapes', create({ source: { name: 'a\\"b' } }), {}, 201],
    ['no JSON', '{"destinations":', {}, 400],
    ['no object', '[]', {}, 400],
    ['null', 'null', {}, 400],
    ['too deep a nesting', '['.repeat(500), {}, 400],
    ['too many levels', create({ destinations: [nested(5)] }), {}, 400],
    ['a forbidden key', `{"destinations":[{"__proto__":{}}]}`, {}, 400],
    ['a forbidden key in disguise', `{"destinations":[{"\\u005f_proto__":{}}]}`, {}, 400],
    ['an unknown key', create({ customer_id: 'x' }), {}, 400],
    ['no destinations', '{}', {}, 400],
    ['bad destinations', create({ destinations: [{ type: 'tel', target: '12' }, RING, null] }), {}, 400],
    ['an empty idempotency key', create(), { 'idempotency-key': '' }, 400],
    ['an idempotency key that is too long', create(), { 'idempotency-key': 'x'.repeat(256) }, 400],
  ])('answers as the long way: %s', async (_, raw, headers, status) => {
    const sent = { 'x-request-id': 'test-1', ...headers };
    const [short, long] = [await send(raw, sent, true), await send(raw, { ...sent, ...LONG_WAY }, false)];
    expect(readable(short)).toEqual(readable(long));
    expect(short.status).toBe(status);
  });

  it('and the long way know the same idempotency keys', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await send(create(), key, true);
    const again = await send(create(), { ...key, ...LONG_WAY }, false);
    expect(again.body.id).toBe(first.body.id);
    const sent = { ...key, 'x-request-id': 'test-2' };
    const other = create({ dial_timeout: 5_000 });
    const [short, long] = [await send(other, sent, true), await send(other, { ...sent, ...LONG_WAY }, false)];
    expect(short.status).toBe(409);
    expect(readable(short)).toEqual(readable(long));
  });

  it('gives a request an id when its own is not harmless', async () => {
    const { headers } = await send(create(), { 'x-request-id': 'a b' }, true);
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });
});

/** Everything but what is different for every groupcall: ids and moments. */
function readable({ status, headers, text }: ApiAnswer) {
  const without = (value: string) =>
    value
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (/[1-9a-f]/.test(id) ? 'id' : 'nil'))
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/g, 'moment');
  const shown = [...headers]
    .filter(([name]) => name !== 'date')
    .map(([name, value]) => [name, without(value)]);
  return { status, headers: shown, text: without(text) };
}

import { SignJWT } from 'jose';
import { CUSTOMER, OTHER_CUSTOMER, startApi, type ApiRequest, type ApiServer } from './support/api-server.js';

const RING = { type: 'sip', target: 'ring@sim' };
const UNKNOWN_ID = '019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25';
const nested = (depth: number): object =>
  depth === 0 ? RING : { type: 'groupcall', destinations: [nested(depth - 1)] };

describe('bad input', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi({ LIMIT_GROUPCALLS_PER_SECOND: '0' });
  }, 60_000);
  afterAll(() => api?.close());

  async function expectRefusal(
    line: string,
    request: ApiRequest,
    status: number,
    reason: string,
    field?: string,
  ) {
    const answer = await api.call(line, {
      ...request,
      headers: { 'x-request-id': 'test-1', ...request.headers },
    });
    expect({ status: answer.status, reason: answer.body?.error?.reason }).toEqual({ status, reason });
    expect(answer.body).toEqual({
      error: {
        status,
        reason,
        message: expect.stringMatching(/^[A-Z\w]/),
        request_id: 'test-1',
        ...(answer.body.error.details ? { details: answer.body.error.details } : {}),
      },
    });
    if (field !== undefined) {
      expect(answer.body.error.details.map((detail: { field: string }) => detail.field)).toContain(field);
    }
    expect(answer.text).not.toMatch(/\bat .*\.[jt]s|SELECT|INSERT|node_modules|\/work|\/src\//);
    return answer;
  }

  describe('in the body of a new groupcall', () => {
    afterAll(async () => {
      const { body } = await api.call('GET /groupcalls');
      expect(body.result).toEqual([]);
    });

    const create = (change: object) => ({ destinations: [RING], ...change });
    it.each<[string, unknown, string]>([
      ['no destinations', {}, 'destinations'],
      ['empty destinations', create({ destinations: [] }), 'destinations'],
      ['destinations that are no list', create({ destinations: RING }), 'destinations'],
      ['101 destinations', create({ destinations: Array(101).fill(RING) }), 'destinations'],
      [
        'six levels',
        create({ destinations: [nested(5)] }),
        'destinations[0].destinations[0].destinations[0].destinations[0].destinations[0].destinations',
      ],
      ['a destination that is no object', create({ destinations: ['+15551230000'] }), 'destinations[0]'],
      ['a destination that is null', create({ destinations: [RING, null] }), 'destinations[1]'],
      [
        'an unknown type of destination',
        create({ destinations: [{ type: 'fax', target: '1' }] }),
        'destinations[0].type',
      ],
      [
        'a type that cannot be rung',
        create({ destinations: [{ type: 'email', target: 'a@b.de' }] }),
        'destinations[0].type',
      ],
      [
        'a bad number behind good ones',
        create({ destinations: [RING, RING, RING, { type: 'tel', target: '12' }] }),
        'destinations[3].target',
      ],
      [
        'a second leg in a number',
        create({ destinations: [{ type: 'tel', target: '+15551230000&SIP/evil' }] }),
        'destinations[0].target',
      ],
      [
        'a header in a name',
        create({ destinations: [{ ...RING, name: 'Bob\r\nX-Evil: 1' }] }),
        'destinations[0].name',
      ],
      [
        'a control character in a target',
        create({ destinations: [{ type: 'sip', target: 'a\u0000b@sim' }] }),
        'destinations[0].target',
      ],
      [
        'a text that is too long',
        create({ destinations: [{ ...RING, name: 'x'.repeat(256) }] }),
        'destinations[0].name',
      ],
      [
        'a key that a destination does not have',
        create({ destinations: [{ ...RING, uri: 'x' }] }),
        'destinations[0].uri',
      ],
      ['an unknown ring method', create({ ring_method: 'all' }), 'ring_method'],
      ['an unknown answer method', create({ answer_method: 'none' }), 'answer_method'],
      ['a ring time that is too short', create({ dial_timeout: 999 }), 'dial_timeout'],
      ['a ring time as text', create({ dial_timeout: '30000' }), 'dial_timeout'],
      ['a flow id that is no UUID', create({ flow_id: 'flow' }), 'flow_id'],
      ['a master call that is null', create({ master_call_id: null }), 'master_call_id'],
      ['a source that is a text', create({ source: '+15551230000' }), 'source'],
      ['an unknown key', create({ destination: RING }), 'destination'],
      ["somebody else's customer", create({ customer_id: OTHER_CUSTOMER }), 'customer_id'],
      ['a status', create({ status: 'hangup' }), 'status'],
      ['an id', create({ id: UNKNOWN_ID }), 'id'],
      ['a list', [create({})], 'body'],
    ])('%s', async (_, body, field) => {
      await expectRefusal('POST /groupcalls', { body }, 400, 'INVALID_ARGUMENT', field);
    });

    it.each([
      ['nothing', undefined, 'body'],
      ['a text that is no JSON', '{"destinations":[', 'body'],
      ['a number', '42', 'body'],
      ['a bomb of brackets', '['.repeat(100_000), 'body'],
      ['a bomb of groupcalls', '{"destinations":['.repeat(10_000), 'body'],
      ['a prototype', '{"__proto__":{"destinations":[]}}', '__proto__'],
      ['a constructor', '{"destinations":[{"constructor":{"prototype":{}}}]}', 'destinations[0].constructor'],
    ])('%s', async (_, raw, field) => {
      await expectRefusal('POST /groupcalls', { raw }, 400, 'INVALID_ARGUMENT', field);
    });

    it('of 300 KB', async () => {
      const body = { destinations: [{ ...RING, name: 'x'.repeat(300 * 1024) }] };
      await expectRefusal('POST /groupcalls', { body }, 413, 'PAYLOAD_TOO_LARGE');
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'application/json; charset=utf-16le-x',
    ])('of type %s', async (type) => {
      const request = { raw: JSON.stringify({ destinations: [RING] }), headers: { 'content-type': type } };
      await expectRefusal('POST /groupcalls', request, 415, 'UNSUPPORTED_MEDIA_TYPE');
    });

    it.each(['', 'x'.repeat(256)])('with an idempotency key of the wrong length', async (key) => {
      const request = { body: { destinations: [RING] }, headers: { 'idempotency-key': key } };
      await expectRefusal('POST /groupcalls', request, 400, 'INVALID_ARGUMENT');
    });
  });

  describe('in a path or query', () => {
    it.each([
      ['GET /groupcalls/not-a-uuid', 'id'],
      ['GET /groupcalls/0190000000007000800000000000000a', 'id'],
      ['GET /groupcalls/not-a-uuid/legs', 'id'],
      ['POST /groupcalls/not-a-uuid/hangup', 'id'],
      ['DELETE /groupcalls/not-a-uuid', 'id'],
      ['GET /calls/not-a-uuid', 'id'],
      ['GET /groupcalls?page_size=0', 'page_size'],
      ['GET /groupcalls?page_size=101', 'page_size'],
      ['GET /groupcalls?page_size=ten', 'page_size'],
      ['GET /groupcalls?page_size=1&page_size=2', 'page_size'],
      ['GET /groupcalls?page_token=garbage', 'page_token'],
      ['GET /groupcalls?status=ringing', 'status'],
      ['GET /groupcalls?status=hangup&status=progressing', 'status'],
      ['GET /groupcalls?ring_method=all', 'ring_method'],
      ['GET /groupcalls?owner_id=me', 'owner_id'],
      ['GET /groupcalls?master_call_id=1', 'master_call_id'],
      ['GET /groupcalls?states=hangup', 'states'],
      ['GET /groupcalls?constructor=1', 'constructor'],
      ['GET /groupcalls?__proto__=1', '__proto__'],
      ['GET /calls?status=dialling', 'status'],
      ['GET /calls?groupcall=1', 'groupcall'],
      [`GET /groupcalls/${UNKNOWN_ID}/legs?tree=yes`, 'tree'],
      [`GET /groupcalls/${UNKNOWN_ID}?verbose=1`, 'verbose'],
      ['GET /groupcalls?customer_id=me', 'customer_id'],
      ['POST /groupcalls?dry_run=true', 'dry_run'],
    ])('%s', async (line, field) => {
      await expectRefusal(line, {}, 400, 'INVALID_ARGUMENT', field);
    });

    it('a path that cannot be decoded', async () => {
      await expectRefusal('GET /groupcalls/%FF', {}, 400, 'INVALID_ARGUMENT');
    });

    it('a body where none is expected', async () => {
      await expectRefusal(
        `POST /groupcalls/${UNKNOWN_ID}/hangup`,
        { body: { reason: 'x' } },
        400,
        'INVALID_ARGUMENT',
        'reason',
      );
    });
  });

  it.each([
    `GET /groupcalls/${UNKNOWN_ID}`,
    `GET /groupcalls/${UNKNOWN_ID}/legs`,
    `POST /groupcalls/${UNKNOWN_ID}/hangup`,
    `DELETE /groupcalls/${UNKNOWN_ID}`,
    `GET /calls/${UNKNOWN_ID}`,
    'GET /nothing-here',
    'PUT /groupcalls',
  ])('%s is not there', async (line) => {
    await expectRefusal(line, {}, 404, 'NOT_FOUND');
  });

  describe('for a token', () => {
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = () => Math.floor(Date.now() / 1000);
    const right = () => ({
      role: 'customer_admin',
      customer_id: CUSTOMER,
      iss: 'groupcall',
      aud: 'groupcall-api',
      exp: now() + 600,
    });
    const signed = (claims: object, secret = 'a secret that is known to this test only') =>
      new SignJWT({ ...right(), ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret));

    it('the right one is accepted', async () => {
      expect((await api.call('GET /groupcalls', { token: await signed({}) })).status).toBe(200);
    });

    it.each<[string, () => string | null | Promise<string>]>([
      ['none', () => null],
      ['garbage', () => 'garbage'],
      ['an expired one', () => signed({ exp: now() - 120 })],
      ['one for another audience', () => signed({ aud: 'another' })],
      ['one of another issuer', () => signed({ iss: 'another' })],
      ['one signed by somebody else', () => signed({}, 'another secret that is also long enough')],
      ['one with alg none', () => `${base64({ alg: 'none', typ: 'JWT' })}.${base64(right())}.`],
    ])('%s is refused', async (_, make) => {
      const answer = await expectRefusal('GET /groupcalls', { token: await make() }, 401, 'UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });
  });

  it('gets an id of ours when the sender has none, or a harmful one', async () => {
    const harmful = await api.call('GET /nothing-here', { headers: { 'x-request-id': 'a b"c' } });
    expect(harmful.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(harmful.body.error.request_id).toBe(harmful.headers.get('x-request-id'));
  });
});

describe('a customer over a limit', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi({
      LIMIT_GROUPCALLS_PER_SECOND: '2',
      LIMIT_LIVE_LEGS: '3',
      LIMIT_BODY_BYTES: '2000',
    });
  }, 60_000);
  afterAll(() => api?.close());

  it('is told when to come back, and nothing is stored', async () => {
    const body = { destinations: [RING] };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.call('POST /groupcalls', { body })),
    );
    const stored = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 429);
    expect(stored.length + refused.length).toBe(8);
    expect(refused.length).toBeGreaterThan(0);
    for (const {
      headers,
      body: { error },
    } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(error.reason).toBe('RESOURCE_EXHAUSTED');
    }
    const { body: list } = await api.call('GET /groupcalls');
    expect(list.result).toHaveLength(stored.length);
  });

  it('has the body limit that was set', async () => {
    const { status } = await api.call('POST /groupcalls', {
      body: { destinations: [{ ...RING, name: 'x'.repeat(2_000) }] },
    });
    expect(status).toBe(413);
  });
});

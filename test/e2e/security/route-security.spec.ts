import { AGENT, CUSTOMER, OTHER_CUSTOMER, startApi, type ApiServer } from '../support/api-server.js';
import { jwksIssuer, sharedSecretIssuer, type Issuer } from './issuers.js';
import { routesOf } from './route-table.js';
import { RULES, type ForeignThing, type RouteRule } from './rules.js';

const ROLES = ['customer_admin', 'customer_manager', 'customer_agent', 'platform_admin'] as const;
type AnyRole = (typeof ROLES)[number];
const seconds = () => Math.floor(Date.now() / 1_000);

/**
 * OWASP API Security Top 10 (2023), 1, 2, 5 and 9, for every route that the server really has: the table of routes is
 * read from the running server, not from a list that somebody must remember.
 */
describe.each([
  ['shared secret', sharedSecretIssuer],
  ['JWKS', jwksIssuer],
] as const)('every route, tokens by %s', (_mode, makeIssuer) => {
  let api: ApiServer;
  let issuer: Issuer;
  let routes: string[];
  /** Things of the other customer. */
  let foreign: Record<ForeignThing, string>;

  const claimsOf = (role: AnyRole, change: Record<string, unknown> = {}) => ({
    role,
    customer_id: role === 'platform_admin' ? undefined : CUSTOMER,
    agent_id: role === 'customer_agent' ? AGENT : undefined,
    iss: 'groupcall',
    aud: 'groupcall-api',
    iat: seconds(),
    exp: seconds() + 600,
    ...change,
  });
  const tokenOf = (role: AnyRole, change: Record<string, unknown> = {}) =>
    issuer.sign(claimsOf(role, change));
  const closed = () =>
    routes.map((line) => [line, ruleOf(line)] as const).filter(([, { access }]) => Array.isArray(access));
  const ruleOf = (line: string): RouteRule => RULES[line] ?? { access: [] };

  beforeAll(async () => {
    issuer = await makeIssuer();
    api = await startApi({
      ...issuer.env,
      METRICS_ACCESS: 'admin',
      LIMIT_GROUPCALLS_PER_SECOND: '0',
      LIMIT_LIVE_LEGS: '0',
    });
    routes = routesOf(api.app);
    const token = await tokenOf('customer_admin', { customer_id: OTHER_CUSTOMER });
    const created = await api.call('POST /groupcalls', {
      token,
      body: { destinations: [{ type: 'sip', target: 'ring@sim' }] },
    });
    expect(created.status).toBe(201);
    const agent = '01900000-0000-7000-8000-0000000000b1';
    const puts = await Promise.all([
      api.call(`PUT /agents/${agent}`, { token, body: { addresses: [{ type: 'sip', target: 'ring@sim' }] } }),
      api.call('PUT /extensions/4711', { token, body: { contacts: ['ring@sim'] } }),
    ]);
    expect(puts.map(({ status }) => status)).toEqual([200, 200]);
    foreign = { groupcall: created.body.id, call: created.body.call_ids[0], agent, extension: '4711' };
  }, 90_000);
  afterAll(async () => {
    await api?.close();
    await issuer?.close();
  });

  /** The path with every parameter filled in by something that exists, if a stranger's. */
  const pathOf = (line: string) => {
    const { names } = ruleOf(line);
    return line.replace(/:\w+/g, names ? foreign[names] : '01900000-0000-7000-8000-0000000000c1');
  };

  /** Streams are cut as soon as they have begun. */
  async function ask(line: string, token: string | null, query = '') {
    const [method, path] = pathOf(line).split(' ') as [string, string];
    const { body, streams } = ruleOf(line);
    const cut = new AbortController();
    const response = await fetch(`${api.url}${path.startsWith('/') ? '' : '/'}${path}${query}`, {
      method,
      redirect: 'manual',
      signal: cut.signal,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { status, headers } = response;
    const text = streams && status === 200 ? '' : await response.text();
    if (streams) cut.abort();
    return { line, status, reason: reasonIn(text), text, headers };
  }

  async function expectEverywhere(token: string | null, status: number, reason: string, query = '') {
    const answers = await Promise.all(closed().map(([line]) => ask(line, token, query)));
    const wrong = answers.filter((one) => one.status !== status || one.reason !== reason);
    expect(wrong.map((one) => [one.line, one.status, one.reason])).toEqual([]);
    for (const { text } of answers) expect(text).not.toMatch(/signature|expired at|jose|JWS|claim|\.[jt]s:/i);
    return answers;
  }

  it('is in the table of rules, and the table has no route that is gone', () => {
    expect(routes.filter((line) => RULES[line] === undefined)).toEqual([]);
    expect(Object.keys(RULES).filter((line) => !routes.includes(line))).toEqual([]);
  });

  it('that is open answers without a token, and says nothing about customers', async () => {
    for (const line of routes.filter((one) => ruleOf(one).access === 'anybody')) {
      const { status, text } = await ask(line, null);
      expect([line, status === 401 || status === 403 || status >= 500]).toEqual([line, false]);
      expect(text).not.toContain(OTHER_CUSTOMER);
    }
  });

  it('accepts every role that its rule names: the refusals below are the tokens’ fault', async () => {
    for (const role of ROLES) {
      const token = await tokenOf(role);
      const query = role === 'platform_admin' ? `?customer_id=${CUSTOMER}` : '';
      for (const [line, { access }] of closed()) {
        const { status } = await ask(line, token, query);
        const isAllowed = (access as readonly string[]).includes(role);
        expect([line, role, status === 401 || status === 403]).toEqual([line, role, !isAllowed]);
      }
    }
  });

  it('needs a token, and says how to send it', async () => {
    const answers = await expectEverywhere(null, 401, 'UNAUTHENTICATED');
    for (const { headers } of answers) expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each(['x', 'a.b.c', '..', 'null', 'e30.e30.e30', 'Bearer', `${'A'.repeat(9_000)}.B.C`])(
    'refuses a malformed token, number %#',
    async (token) => {
      await expectEverywhere(token, 401, 'UNAUTHENTICATED');
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['that has expired', { exp: seconds() - 120 }],
    ['that never expires', { exp: undefined }],
    ['that is not valid yet', { nbf: seconds() + 600 }],
    ['for another audience', { aud: 'another-api' }],
    ['for no audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['of no issuer', { iss: undefined }],
    ['with a role that nobody has', { role: 'root' }],
    ['with two roles', { role: ['customer_admin', 'platform_admin'] }],
    ['without a role', { role: undefined }],
    ['without a customer', { customer_id: undefined }],
    ['of the nil customer', { customer_id: '00000000-0000-0000-0000-000000000000' }],
    ['of a customer that is SQL', { customer_id: "' OR '1'='1" }],
  ])('refuses a token %s', async (_what, change) => {
    await expectEverywhere(await tokenOf('customer_admin', change), 401, 'UNAUTHENTICATED');
  });

  it('refuses every forgery', async () => {
    for (const [what, token] of Object.entries(await issuer.forgeries(claimsOf('platform_admin')))) {
      const answers = await Promise.all(
        closed().map(([line]) => ask(line, token, `?customer_id=${CUSTOMER}`)),
      );
      expect({ what, wrong: answers.filter(({ status }) => status !== 401).map(({ line }) => line) }).toEqual(
        {
          what,
          wrong: [],
        },
      );
    }
  });

  it('takes no token from the query', async () => {
    const token = await tokenOf('customer_admin');
    await expectEverywhere(null, 401, 'UNAUTHENTICATED', `?access_token=${token}&token=${token}`);
  });

  it('refuses a role below the one it needs: 403', async () => {
    const token = await tokenOf('customer_agent');
    const answers = await Promise.all(
      closed()
        .filter(([, { access }]) => !(access as readonly string[]).includes('customer_agent'))
        .map(([line]) => ask(line, token)),
    );
    expect(answers.length).toBeGreaterThan(5);
    expect(answers.filter(({ status, reason }) => status !== 403 || reason !== 'PERMISSION_DENIED')).toEqual(
      [],
    );
  });

  it('refuses to work for another customer than the token’s: 403', async () => {
    const token = await tokenOf('customer_admin');
    await expectEverywhere(token, 403, 'PERMISSION_DENIED', `?customer_id=${OTHER_CUSTOMER}`);
  });

  it('does not find what belongs to another customer: 404, the same answer as for what does not exist', async () => {
    const named = closed().filter(([, { names }]) => names !== undefined);
    expect(named.length).toBeGreaterThan(8);
    for (const role of ['customer_admin', 'customer_manager'] as const) {
      const token = await tokenOf(role);
      for (const [line] of named) {
        const { status, reason, text } = await ask(line, token);
        expect({ line, status, reason }).toEqual({ line, status: 404, reason: 'NOT_FOUND' });
        expect(text).not.toContain(OTHER_CUSTOMER);
      }
    }
    const [still] = await api.query(
      `SELECT status, tm_delete FROM groupcall WHERE id = '${foreign.groupcall}'`,
    );
    expect(still).toEqual({ status: 'progressing', tm_delete: null });
  });

  it('lists nothing of another customer', async () => {
    const token = await tokenOf('customer_admin');
    for (const path of ['/groupcalls', '/calls', `/calls?groupcall_id=${foreign.groupcall}`]) {
      const { text } = await api.call(`GET ${path}`, { token });
      expect([path, text.includes(OTHER_CUSTOMER), text.includes(foreign.call)]).toEqual([
        path,
        false,
        false,
      ]);
    }
  });

  it('shows its metrics to platform administrators only', async () => {
    const tokens = [null, await tokenOf('customer_admin'), await tokenOf('platform_admin')];
    const answers = await Promise.all(tokens.map((token) => ask('GET /metrics', token)));
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 200]);
  });

  it('below /admin is closed, whatever is mounted there', async () => {
    const paths = [
      '/admin',
      '/admin/queues',
      '/admin/queues/',
      '/admin/queues/api/queues',
      '/admin/anything/else',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status } = await api.call(`${method} ${path}`, { token: await tokenOf('customer_admin') });
        expect([method, path, status]).toEqual([method, path, 401]);
      }
    }
  });
});

function reasonIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { reason?: string } }).error?.reason;
  } catch {
    return undefined;
  }
}

import { ADMIN_PASSWORD, CUSTOMER, startApi, type ApiServer } from './support/api-server.js';

interface OpenApi {
  paths: Record<string, Record<string, { security?: unknown[]; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  token: null,
  raw: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});

describe('operations', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi();
  }, 60_000);
  afterAll(() => api?.close());

  describe('health', () => {
    it('is asked without a token', async () => {
      expect((await api.call('GET /health/live', { token: null })).body).toEqual({ status: 'ok' });
      const ready = await api.call('GET /health/ready', { token: null });
      expect(ready.status).toBe(200);
      expect(ready.body).toMatchObject({
        status: 'ok',
        details: { database: { status: 'up' }, alarm_queue: { status: 'up' } },
      });
    });
  });

  it('keeps an idle connection for longer than a proxy does, so that no request meets its end', async () => {
    const { headers } = await api.call('GET /health/live', { token: null });
    const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')!;
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  describe('the stream of events', () => {
    it('ends with its token, and goes on with a new one where it was', async () => {
      const follow = async (token: string, headers: Record<string, string> = {}) =>
        fetch(`${api.url}/groupcalls/events`, { headers: { authorization: `Bearer ${token}`, ...headers } });
      const claims = { role: 'customer_admin', customerId: CUSTOMER } as const;
      const first = await follow(await api.tokens.issue(claims, '3s'));
      const body = { destinations: [{ type: 'sip', target: 'ring@sim' }] };
      const { body: groupcall } = await api.call('POST /groupcalls', { body });
      // Comes to its end by itself, or the test runs out of time.
      const text = await first.text();
      const position = /^id: (\d+)$/m.exec(text)?.[1];
      expect(text).toContain(groupcall.id);
      const second = await follow(await api.tokens.issue(claims, '2s'), {
        'last-event-id': String(Number(position) - 1),
      });
      expect(await second.text()).toContain(groupcall.id);
    }, 30_000);
  });

  describe('metrics', () => {
    it('are Prometheus text with the depth of the outbox and the late answers', async () => {
      const { status, headers, text } = await api.call('GET /metrics', { token: null });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
      for (const name of [
        'groupcall_outbox_pending',
        'groupcall_outbox_dead',
        'groupcall_late_answers_total',
        'process_cpu_seconds_total',
      ]) {
        expect(text).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge)\n${name} \\d+(\\.\\d+)?$`, 'm'));
      }
    });
  });

  describe('documentation', () => {
    let api_: OpenApi;
    beforeAll(async () => {
      api_ = (await api.call('GET /docs-json', { token: null })).body;
    });

    it('shows every route of the contract with its errors', () => {
      const routes = Object.entries(api_.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(routes).toEqual(
        expect.arrayContaining([
          'POST /groupcalls',
          'GET /groupcalls',
          'GET /groupcalls/{id}',
          'GET /groupcalls/{id}/legs',
          'POST /groupcalls/{id}/hangup',
          'DELETE /groupcalls/{id}',
          'GET /groupcalls/events',
          'GET /calls',
          'GET /calls/{id}',
          'PUT /agents/{id}',
          'PUT /extensions/{name}',
          'POST /simulator/calls/{id}/answer',
          'GET /health/ready',
          'GET /metrics',
        ]),
      );
      const { responses } = api_.paths['/groupcalls'].post;
      expect(Object.keys(responses)).toEqual(
        expect.arrayContaining(['201', '400', '401', '403', '409', '413', '415', '429', '503']),
      );
    });

    it('describes groupcalls and legs with the keys and the order that they have', async () => {
      const { body: groupcall } = await api.call('POST /groupcalls', {
        body: { destinations: [{ type: 'sip', target: 'ring@sim' }] },
      });
      const { body: leg } = await api.call(`GET /calls/${groupcall.call_ids[0]}`);
      expect(Object.keys(api_.components.schemas.GroupcallDto.properties)).toEqual(Object.keys(groupcall));
      expect(Object.keys(api_.components.schemas.LegDto.properties)).toEqual(Object.keys(leg));
    });

    it('says of every route that needs a token that it does, and each of them refuses without one', async () => {
      const open = ['/health/live', '/health/ready', '/metrics'];
      for (const [path, methods] of Object.entries(api_.paths)) {
        for (const [method, { security }] of Object.entries(methods)) {
          const line = `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25')}`;
          const { status } = await api.call(line, { token: null });
          const expected = open.includes(path)
            ? { isRefused: false, isMarked: false }
            : { isRefused: true, isMarked: true };
          expect({ line, isRefused: status === 401, isMarked: security !== undefined }).toEqual({
            line,
            ...expected,
          });
        }
      }
    });

    it('is a page whose scripts its own policy allows', async () => {
      const page = await api.call('GET /docs', { token: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
      for (const [, source] of page.text.matchAll(/<script src="([^"]+)"/g)) {
        const script = await fetch(new URL(source, `${api.url}/docs`));
        expect([source, script.status]).toEqual([source, 200]);
      }
    });
  });

  describe('the admin pages', () => {
    const login = async () => {
      const { headers } = await api.call(
        'POST /admin/login',
        form({ user: 'admin', password: ADMIN_PASSWORD }),
      );
      return headers.get('set-cookie')!;
    };
    const cookieOf = (header: string) => header.split(';', 1)[0];

    it.each([
      'GET /admin',
      'GET /admin/queues',
      'GET /admin/queues/',
      'GET /ADMIN/queues',
      'GET /admin/queues/api/queues',
      'GET /admin/queues/static/js/main.js',
      'PUT /admin/queues/api/queues/groupcall-alarms/pause',
      'PUT /admin/queues/api/queues/groupcall-alarms/promote',
      'GET /admin/groupcalls',
      'GET /admin/groupcalls/console.js',
      'GET /admin/groupcalls/..%2f..%2fmain.js',
      'GET /admin/api/about',
      'GET /admin/api/groupcalls',
      'GET /admin/api/events',
      'POST /admin/api/samples/race',
      'POST /admin/api/groupcalls/019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25/hangup',
      'POST /admin/api/calls/019a8f3e-5c1b-7d2a-9e64-3f0b8a7c1d25/answer',
      'GET /admin/anything',
      'GET /admin/logout',
      'POST /admin/logout',
    ])('%s is refused without a login', async (line) => {
      const answer = await api.call(line, { token: null });
      expect(answer.body.error).toMatchObject({ status: 401, reason: 'UNAUTHENTICATED' });
    });

    it('show a browser the form', async () => {
      const answer = await api.call('GET /admin/queues', { token: null, headers: { accept: 'text/html' } });
      expect(answer.status).toBe(401);
      expect(answer.text).toContain('<form method="post" action="/admin/login">');
      expect(answer.headers.get('content-security-policy')).toContain("style-src 'self';");
      expect(answer.text).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/);
      for (const path of ['/admin/login.css', '/admin/login.js'])
        expect((await api.call(`GET ${path}`, { token: null })).status).toBe(200);
    });

    it.each([
      ['/admin/queues/queue/groupcall-alarms', '/admin/queues/queue/groupcall-alarms'],
      ['/admin/groupcalls', '/admin/groupcalls'],
      ['//evil.example/admin/queues', '/admin/groupcalls'],
      ['https://evil.example', '/admin/groupcalls'],
      ['/admin/queues/"><script>', '/admin/groupcalls'],
      ['/admin/queues/../../docs', '/admin/groupcalls'],
    ])('lead after the login from %s to %s', async (next, place) => {
      const { headers } = await api.call(
        'POST /admin/login',
        form({ user: 'admin', password: ADMIN_PASSWORD, next }),
      );
      expect(headers.get('location')).toBe(place);
    });

    it('are refused to the token of a customer and open to that of a platform administrator', async () => {
      expect((await api.call('GET /admin/queues/api/queues')).status).toBe(401);
      const token = await api.token({ role: 'platform_admin', customerId: undefined });
      expect((await api.call('GET /admin/queues/api/queues', { token })).status).toBe(200);
    });

    it('open after the login, with a cookie that scripts and other sites do not get', async () => {
      const header = await login();
      expect(header).toMatch(/; Path=\/admin;.*; HttpOnly; SameSite=Strict$/);
      const headers = { cookie: cookieOf(header) };
      const page = await api.call('GET /admin/queues', { token: null, headers });
      expect(page.status).toBe(200);
      expect(page.text).toContain('<title>');
      const { body } = await api.call('GET /admin/queues/api/queues', { token: null, headers });
      expect(body.queues.map(({ name }: { name: string }) => name)).toEqual(['groupcall-alarms']);
      expect((await api.call('GET /admin', { token: null, headers })).headers.get('location')).toBe(
        '/admin/groupcalls',
      );
    });

    it('do not take orders from other sites, even with the cookie', async () => {
      const cookie = cookieOf(await login());
      const orders = ['PUT /admin/queues/api/queues/groupcall-alarms/pause', 'POST /admin/api/samples/race'];
      const places: Record<string, string>[] = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ];
      for (const order of orders) {
        for (const from of places) {
          const { status } = await api.call(order, { token: null, headers: { cookie, ...from } });
          expect([order, from, status]).toEqual([order, from, 403]);
        }
      }
    });

    it('close after the logout', async () => {
      const headers = { cookie: cookieOf(await login()) };
      const out = await api.call('POST /admin/logout', { token: null, headers });
      expect([out.status, out.headers.get('location')]).toEqual([303, '/admin/login']);
      expect((await api.call('GET /admin/queues/api/queues', { token: null, headers })).status).toBe(401);
    });

    it('refuse a wrong password, and after five of them the right one too', async () => {
      const wrong = () => api.call('POST /admin/login', form({ user: 'admin', password: 'wrong' }));
      for (let i = 0; i < 5; i += 1) {
        const answer = await wrong();
        expect(answer.status).toBe(401);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
      const answer = await api.call('POST /admin/login', form({ user: 'admin', password: ADMIN_PASSWORD }));
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(200);
    });
  });
});

describe('a server behind a proxy that it trusts', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi({ TRUSTED_PROXIES: 'loopback' });
  }, 60_000);
  afterAll(() => api?.close());

  it('locks out who guesses passwords, and nobody else', async () => {
    const login = async (password: string, from: string) => {
      const request = form({ user: 'admin', password });
      const headers = { ...request.headers, 'x-forwarded-for': from };
      return (await api.call('POST /admin/login', { ...request, headers })).status;
    };
    // What a client claims stands on the left; the proxy adds whom it has seen.
    for (let i = 0; i < 5; i += 1) expect(await login('wrong', `198.51.100.${i}, 203.0.113.7`)).toBe(401);
    expect(await login(ADMIN_PASSWORD, '203.0.113.7')).toBe(429);
    expect(await login(ADMIN_PASSWORD, '203.0.113.8')).toBe(303);
  });
});

describe('a server in production', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi({ NODE_ENV: 'production', ALLOW_SIMULATED_CALLS: 'true' });
  }, 60_000);
  afterAll(() => api?.close());

  it('shows its metrics to platform administrators only', async () => {
    expect((await api.call('GET /metrics', { token: null })).status).toBe(401);
    expect((await api.call('GET /metrics')).status).toBe(403);
    const token = await api.token({ role: 'platform_admin', customerId: undefined });
    expect((await api.call('GET /metrics', { token })).status).toBe(200);
  });

  it('gives its admin cookie to TLS only', async () => {
    const { headers } = await api.call('POST /admin/login', {
      token: null,
      raw: new URLSearchParams({ user: 'admin', password: ADMIN_PASSWORD }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(headers.get('set-cookie')).toContain('; Secure');
  });
});

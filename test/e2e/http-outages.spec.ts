import { eventually } from '../support/eventually.js';
import { describeWithRedis, redisUrl } from '../support/servers.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startApi, type ApiServer } from './support/api-server.js';

describe('without its database', () => {
  let proxy: TcpProxy;
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi({}, {}, async (url) => (proxy = await new TcpProxy(url).open()).url);
    await proxy.cut();
  }, 60_000);
  afterAll(async () => {
    await proxy.cut();
    await proxy.open();
    await api?.close();
    await proxy.cut();
  }, 30_000);

  it('the server lives and says which part is down', async () => {
    expect((await api.call('GET /health/live', { token: null })).status).toBe(200);
    const ready = await api.call('GET /health/ready', { token: null });
    expect(ready.body.error).toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
    expect(ready.body.error.details).toContainEqual({ field: 'database', message: 'does not answer' });
  });

  it.each(['GET /groupcalls', 'GET /calls', 'POST /groupcalls'])(
    '%s asks to come back, and tells nothing of where the database is',
    async (line) => {
      const body = line.startsWith('POST')
        ? { destinations: [{ type: 'sip', target: 'ring@sim' }] }
        : undefined;
      const answer = await api.call(line, { body });
      expect(answer.body.error).toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|postgres|SELECT/i);
    },
    20_000,
  );

  it('the metrics of this process can be read, and say which part is down', async () => {
    const { status, text } = await api.call('GET /metrics', { token: null });
    expect(status).toBe(200);
    expect(text).toMatch(/^groupcall_up\{part="database"\} 0$/m);
    expect(text).not.toMatch(/^groupcall_outbox_pending /m);
    expect(text).not.toMatch(/127\.0\.0\.1|ECONN|SELECT/i);
  });

  it('a bad request is still a bad request', async () => {
    expect((await api.call('POST /groupcalls', { body: {} })).status).toBe(400);
  });

  it('the server works again when the database does', async () => {
    await proxy.open();
    await eventually(async () => expect((await api.call('GET /health/ready')).status).toBe(200), {
      timeout: 20_000,
    });
    expect((await api.call('GET /groupcalls')).body.result).toEqual([]);
    expect(
      (await api.call('POST /groupcalls', { body: { destinations: [{ type: 'sip', target: 'ring@sim' }] } }))
        .status,
    ).toBe(201);
  }, 30_000);
});

describeWithRedis('without its Redis', () => {
  let proxy: TcpProxy;
  let api: ApiServer;
  beforeAll(async () => {
    proxy = await new TcpProxy(redisUrl()).open();
    api = await startApi({ REDIS_URL: proxy.url });
    await proxy.cut();
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await proxy?.cut();
  }, 30_000);

  it('the server is ready, names the alarm queue as degraded, and phones ring all the same', async () => {
    const ready = await api.call('GET /health/ready', { token: null });
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({
      status: 'degraded',
      details: { database: { status: 'up' }, alarm_queue: { status: 'degraded' } },
    });
    expect(ready.text).not.toMatch(/127\.0\.0\.1|ECONN|redis/i);
    const { status, body } = await api.call('POST /groupcalls', {
      body: { destinations: [{ type: 'sip', target: 'answer@sim' }] },
    });
    expect(status).toBe(201);
    await eventually(async () => {
      expect((await api.call(`GET /groupcalls/${body.id}`)).body.answer_call_id).toBe(body.call_ids[0]);
    });
    // Its alarm could not be queued, and that is counted.
    await eventually(async () => {
      const { text } = await api.call('GET /metrics', { token: null });
      expect(Number(/^groupcall_alarms_not_set_total (\d+)$/m.exec(text)![1])).toBeGreaterThan(0);
      expect(text).toMatch(/^groupcall_up\{part="alarm_queue"\} 0$/m);
    });
  }, 30_000);
});

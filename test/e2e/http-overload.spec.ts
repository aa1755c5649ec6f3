import { eventually } from '../support/eventually.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startApi, type ApiAnswer, type ApiServer } from './support/api-server.js';

const ROOM = 5;
const request = { body: { destinations: [{ type: 'sip', target: 'ring@sim' }] } };

describe('a server with more to do than it can', () => {
  let proxy: TcpProxy;
  let api: ApiServer;
  beforeAll(async () => {
    api = await startApi(
      { LIMIT_GROUPCALLS_PER_SECOND: '0' },
      { capacity: { waitingGroupcalls: ROOM } },
      async (url) => (proxy = await new TcpProxy(url).open()).url,
    );
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await proxy?.cut();
  }, 30_000);

  it('refuses new groupcalls at once with 503 and the time to come back, and finishes all it has accepted', async () => {
    const running = (await api.call('POST /groupcalls', request)).body as { id: string };
    // The database stands still: what is accepted waits, as it would in a flood.
    proxy.hold();
    const accepted = Array.from({ length: ROOM }, () => api.call('POST /groupcalls', request));
    let refused: ApiAnswer | undefined;
    let hungUp: Promise<ApiAnswer>;
    try {
      await eventually(async () => {
        const answer = await Promise.race([
          api.call('POST /groupcalls', request),
          new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 200)),
        ]);
        expect(answer?.status).toBe(503);
        refused = answer;
      });
      hungUp = api.call(`POST /groupcalls/${running.id}/hangup`);
    } finally {
      proxy.release();
    }
    expect(Number(refused!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused!.body.error).toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
    expect(refused!.body.error.message).toMatch(
      /more to do than it can.*Nothing was done\. Send it again in \d+ s/,
    );

    // Whoever was let in is served, and so is the hangup that came while others were refused.
    const answers = await Promise.all(accepted);
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 201 && status !== 503)).toEqual([]);
    expect((await hungUp!).status).toBeLessThan(300);
    const ids = answers.flatMap(({ status, body }) => (status === 201 ? [(body as { id: string }).id] : []));
    for (const id of ids) expect((await api.call(`POST /groupcalls/${id}/hangup`)).status).toBeLessThan(300);
    for (const id of [running.id, ...ids]) {
      await eventually(async () =>
        expect((await api.call(`GET /groupcalls/${id}`)).body).toMatchObject({
          status: 'hangup',
          call_count: 0,
        }),
      );
    }
    const { text } = await api.call('GET /metrics', { token: null });
    expect(Number(/^groupcall_groupcalls_refused_total (\d+)$/m.exec(text)![1])).toBeGreaterThan(0);
    expect(text).toMatch(/^groupcall_commands_refused_total 0$/m);
    // And there is room again.
    expect((await api.call('POST /groupcalls', request)).status).toBe(201);
  }, 60_000);
});

import { createApp, resolveSettings, type RunningApp } from '../../apps/api/src/index.js';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { ADMIN_PASSWORD, startApi, type ApiServer } from './support/api-server.js';

const DAY = 24 * 60 * 60 * 1_000;

describe('RETENTION_DAYS', () => {
  let server: ApiServer;
  let keeper: RunningApp | undefined;
  beforeAll(async () => {
    server = await startApi();
  }, 60_000);
  afterAll(async () => {
    await keeper?.close();
    await server?.close();
  }, 30_000);

  it('removes what has ended longer ago, with its legs, and neither the living nor the young', async () => {
    const api = new ApiClient(server.url, await server.token());
    const old = await api.create({ destinations: [phone('busy')] });
    const living = await api.create({ destinations: [phone('ring')] });
    const young = await api.create({ destinations: [phone('busy')] });
    await Promise.all([old.id, young.id].map((id) => api.ended(id, 30_000)));
    // All other moments are counted from there.
    for (const { id } of [old, living])
      await server.query(
        `UPDATE groupcall_tree SET tm_create = tm_create - ${2 * DAY} WHERE root_id = '${id}'`,
      );

    keeper = await createApp(
      resolveSettings({
        NODE_ENV: 'test',
        PORT: '0',
        DATABASE_URL: server.databaseUrl,
        JWT_SECRET: 'a secret that is known to this test only',
        ADMIN_PASSWORD,
        RETENTION_DAYS: '1',
      }),
      { logger: false },
    );
    await eventually(async () => expect((await server.call(`GET /groupcalls/${old.id}`)).status).toBe(404), {
      timeout: 30_000,
    });
    expect(await server.query(`SELECT id FROM groupcall_leg WHERE root_id = '${old.id}'`)).toEqual([]);
    for (const { id } of [living, young])
      expect((await server.call(`GET /groupcalls/${id}`)).status).toBe(200);
  }, 90_000);
});

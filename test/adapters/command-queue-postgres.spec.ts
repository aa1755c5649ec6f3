import { CreateGroupcallCommand } from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '../support/eventually.js';
import { createTestDatabase } from '../support/postgres.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { describeCommandQueue } from './command-queue.contract.js';
import { busOf, migrate, request, startClient, startEngine } from './command-queue.environment.js';

describeCommandQueue('the command queue on PostgreSQL', ({ url }) => ({ backend: 'postgres', url }));

describe('a command queue on a PostgreSQL that fails', () => {
  it('refuses at once while it is away, works when it is there, and again after it has been away', async () => {
    const database = await createTestDatabase();
    await migrate(database.url);
    const proxy = await new TcpProxy(database.url).reserve();
    const apps: INestApplicationContext[] = [];
    try {
      const client = await startClient({ queue: { backend: 'postgres', url: proxy.url } });
      apps.push(client);
      const create = () => busOf(client).execute(new CreateGroupcallCommand(request()));
      await expect(create()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      apps.push(await startEngine(database.url, { backend: 'postgres', url: database.url }));
      for (let outage = 0; outage < 2; outage += 1) {
        await proxy.open();
        expect((await eventually(create)).call_ids.length).toBe(2);
        await proxy.cut();
        await expect(create()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      }
    } finally {
      for (const app of apps) await app.close();
      await proxy.cut();
      await database.drop();
    }
  });
});

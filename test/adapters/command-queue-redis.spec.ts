import { randomUUID } from 'node:crypto';
import { CreateGroupcallCommand } from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { createTestDatabase } from '../support/postgres.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWithRedis, redisUrl } from '../support/servers.js';
import { describeCommandQueue } from './command-queue.contract.js';
import { busOf, migrate, request, startClient, startEngine } from './command-queue.environment.js';

describeWithRedis('commands over Redis', () => {
  const prefix = `test-${randomUUID()}`;
  describeCommandQueue('the command queue on Redis', () => ({ backend: 'redis', url: redisUrl(), prefix }));

  afterAll(async () => {
    const redis = new Redis(redisUrl());
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(...keys);
    await redis.quit();
  });

  describe('on a Redis that fails', () => {
    let server: RedisServer;
    const apps: INestApplicationContext[] = [];

    beforeEach(async () => {
      server = await RedisServer.reserve();
    });
    afterEach(async () => {
      for (const app of apps.splice(0)) await app.close();
      await server.stop();
    });

    it('refuses at once what cannot be sent, and works as soon as Redis is there', async () => {
      const database = await createTestDatabase();
      await migrate(database.url);
      const queue = { backend: 'redis', url: server.url } as const;
      const client = await startClient({ queue });
      apps.push(client);
      const refused = busOf(client).execute(new CreateGroupcallCommand(request()));
      await expect(refused).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: expect.stringContaining('could not be sent, nothing was done'),
      });
      await server.start();
      apps.push(await startEngine(database.url, queue));
      const command = new CreateGroupcallCommand(request());
      const made = await eventually(() => busOf(client).execute(command));
      expect(made.call_ids.length).toBe(2);
      for (const app of apps.splice(0)) await app.close();
      await database.drop();
    });

    it('survives a Redis that forgets every job: the command is sent again under its id', async () => {
      const database = await createTestDatabase();
      await migrate(database.url);
      await server.start();
      const queue = { backend: 'redis', url: server.url } as const;
      const client = await startClient({ queue, timeout: 20_000 });
      apps.push(client);
      const redis = new Redis(server.url);
      const waiting = busOf(client).execute(new CreateGroupcallCommand(request()));
      await eventually(async () => expect(await redis.llen('bull:groupcall-commands:wait')).toBe(1));
      await redis.flushall();
      await redis.quit();
      apps.push(await startEngine(database.url, queue));
      expect((await waiting).call_ids.length).toBe(2);
      for (const app of apps.splice(0)) await app.close();
      await database.drop();
    });
  });
});

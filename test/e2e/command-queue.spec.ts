import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateGroupcallCommand, GroupcallClientModule, HangupCommand } from '@groupcall/groupcall';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { ServerProcess } from '../support/server-process.js';

/** The built server and a service without the engine: two processes, and one of them is killed. */
describe('commands of another process', () => {
  let database: TestDatabase;
  let dataDir: string;
  let server: ServerProcess;
  let client: INestApplicationContext;
  const customerId = randomUUID();

  const start = () =>
    ServerProcess.start({
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      ADMIN_PASSWORD: 'a password for tests',
      COMMAND_QUEUE: 'on',
      LIMIT_GROUPCALLS_PER_SECOND: '0',
      LIMIT_LIVE_LEGS: '0',
    });
  const create = () =>
    client
      .get(CommandBus)
      .execute(
        new CreateGroupcallCommand({ customerId, destinations: [{ type: 'sip', target: 'ring@sim' }] }),
      );

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'groupcall-commands-'));
    server = await start();
    @Module({
      imports: [
        CqrsModule.forRoot(),
        GroupcallClientModule.forRoot({ queue: { backend: 'postgres', url: database.url }, timeout: 60_000 }),
      ],
    })
    class InternalService {}
    client = await NestFactory.createApplicationContext(InternalService, {
      logger: false,
      abortOnError: false,
    });
  }, 90_000);
  afterAll(async () => {
    await client?.close();
    await server?.kill();
    await database?.drop();
    await rm(dataDir, { recursive: true, force: true });
  }, 30_000);

  it('are carried out once each, although the server is killed while it works on them', async () => {
    const first = await create();
    expect(await client.get(CommandBus).execute(new HangupCommand({ groupcallId: first.id }))).toMatchObject({
      id: first.id,
    });
    const settled: string[] = [];
    const many = Array.from({ length: 200 }, async () => {
      const { id } = await create();
      settled.push(id);
      return id;
    });
    await eventually(() => expect(settled.length).toBeGreaterThan(5), { interval: 1, timeout: 60_000 });
    await server.kill();
    const before = settled.length;
    server = await start();
    const ids = await Promise.all(many);
    expect(before).toBeLessThan(200);
    expect(new Set(ids).size).toBe(200);
    const db = new pg.Client({ connectionString: database.url });
    await db.connect();
    const { rows } = await db.query('SELECT count(*)::int AS made FROM groupcall WHERE customer_id = $1', [
      customerId,
    ]);
    await db.end();
    expect(rows).toEqual([{ made: 201 }]);
  }, 180_000);

  it('are in a queue that Bull Board shows behind its login', async () => {
    const login = await fetch(`${server.url}/admin/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' },
      body: 'user=admin&password=a+password+for+tests',
      redirect: 'manual',
    });
    const cookie = login.headers.get('set-cookie')!.split(';')[0];
    const shown = await fetch(`${server.url}/admin/queues/api/queues`, { headers: { cookie } });
    const { queues } = (await shown.json()) as { queues: { name: string }[] };
    expect(queues.map(({ name }) => name)).toContain('groupcall-commands');
  });
});

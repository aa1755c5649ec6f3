import { randomUUID } from 'node:crypto';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { BullBoardModule, InjectBullBoard, type BullBoardInstance } from '@bull-board/nestjs';
import {
  CreateGroupcallCommand,
  forInstance,
  GroupcallModule,
  GroupcallQueues,
  idsOnly,
  instanceToken,
  type AlarmQueueOptions,
  type GroupcallModuleForRootOptions,
} from '@groupcall/groupcall';
import { Inject, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import type { NextFunction, Request, Response } from 'express';
import request from 'supertest';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWithRedis } from '../support/servers.js';
import { OtherPhones, Phones, PhonesModule } from './hosts/phones.js';
import { closeDatabases, database } from './hosts/start-host.js';

const VOICE = { schema: 'voice', tablePrefix: 'gc_' };
/** A process that answers requests and leaves all else to others. */
const FRONT = {
  relay: false,
  timers: false,
  alarms: false,
  sweep: false,
  reconciler: false,
  commands: false,
};
const QUEUES = '/ops/queues/api/queues';

function onlyTheOperator({ headers }: Request, response: Response, next: NextFunction): void {
  if (headers.authorization === 'operator') next();
  else response.sendStatus(401);
}

/** The dashboard of a host that knows nothing of the reference host's. */
@Module({
  imports: [
    BullBoardModule.forRoot({ route: '/ops/queues', adapter: ExpressAdapter, middleware: onlyTheOperator }),
  ],
})
class OperationsModule {
  constructor(
    @InjectBullBoard() board: BullBoardInstance,
    queues: GroupcallQueues,
    @Inject(instanceToken('voice', GroupcallQueues)) voice: GroupcallQueues,
  ) {
    for (const [queue, prefix] of [
      ...queues.all.map((one) => [one, ''] as const),
      ...voice.all.map((one) => [one, 'voice '] as const),
    ]) {
      const adapter = new BullMQAdapter(queue, { prefix });
      adapter.setFormatter('data', idsOnly);
      board.addQueue(adapter);
    }
  }
}

function describeHostsBoard(
  name: string,
  backend: (database: TestDatabase) => Promise<{
    /** @param place key prefix or schema */
    queueIn: (place: string) => AlarmQueueOptions;
    close: () => Promise<void>;
  }>,
): void {
  describe(name, () => {
    let postgres: TestDatabase;
    let queueIn: (place: string) => AlarmQueueOptions;
    let closeBackend: (() => Promise<void>) | undefined;
    let host: INestApplication;
    beforeAll(async () => {
      postgres = await createTestDatabase();
      ({ queueIn, close: closeBackend } = await backend(postgres));
      host = await start({ workers: { commands: true } });
    });
    afterAll(async () => {
      await host?.close();
      await closeDatabases();
      await closeBackend?.();
      await postgres.drop();
    });

    /** A host with two engines and its own dashboard of both. */
    async function start(
      options: Partial<GroupcallModuleForRootOptions>,
      place = '',
    ): Promise<INestApplication> {
      const common = { imports: [PhonesModule], ...options };
      @Module({
        imports: [
          CqrsModule.forRoot(),
          database(postgres.url, [{}, VOICE]),
          GroupcallModule.forRoot({ ...common, gateway: Phones, queue: queueIn(`${place}mine`) }),
          GroupcallModule.forRoot({
            ...common,
            name: 'voice',
            tables: VOICE,
            gateway: OtherPhones,
            queue: queueIn(`${place}others`),
            workers: { ...options.workers, commands: false },
          }),
          OperationsModule,
        ],
      })
      class Host {}
      const app = await NestFactory.create(Host, { logger: false, abortOnError: false });
      await app.listen(0, '127.0.0.1');
      return app;
    }

    const look = (path: string, app = host) =>
      request(app.getHttpServer()).get(`${QUEUES}${path}`).set('Authorization', 'operator');
    const act = (path: string) =>
      request(host.getHttpServer())
        .put(`${QUEUES}/${encodeURIComponent(path.split('/')[0])}/${path.split('/').slice(1).join('/')}`)
        .set('Authorization', 'operator');
    const create = () =>
      new CreateGroupcallCommand({
        customerId: randomUUID(),
        destinations: [{ type: 'tel', target: '+15550199', name: 'Jane Doe' }],
      });
    /** The first job of a queue of the dashboard that is in this state. */
    const jobIn = (queue: string, status: string) =>
      eventually(async () => {
        const { body } = await look(`?activeQueue=${encodeURIComponent(queue)}&status=${status}&page=1`);
        const [job] = (body.queues as any[]).find((one) => one.name === queue).jobs;
        if (!job) throw new Error(`no ${status} job in ${queue}`);
        return job;
      });

    it('shows every queue of every engine, to whom the host lets in', async () => {
      const { body } = await look('?page=1');
      expect(body.queues.map((one: any) => one.name).sort()).toEqual([
        'groupcall-alarms',
        'groupcall-commands',
        'voice groupcall-alarms',
      ]);
      expect((await request(host.getHttpServer()).get(QUEUES)).status).toBe(401);
    });

    it('has the alarms of each engine in its own queue, to promote and to clean', async () => {
      const bus = host.get(CommandBus);
      const [mine, others] = [await bus.execute(create()), await bus.execute(forInstance('voice', create()))];
      for (const [queue, { id }] of [
        ['groupcall-alarms', mine],
        ['voice groupcall-alarms', others],
      ] as const) {
        const job = await jobIn(queue, 'delayed');
        expect(job.data).toEqual({ rootId: id });
        expect((await act(`${queue}/${job.id}/promote`)).status).toBe(204);
        // Rung too early it has changed nothing, and waits on.
        await eventually(async () => {
          const again = await jobIn(queue, 'delayed');
          expect(again).toMatchObject({ id: job.id, processedOn: expect.any(Number) });
        });
        expect((await act(`${queue}/${job.id}/clean`)).status).toBe(204);
      }
      expect(host.get(Phones).ended.size + host.get(OtherPhones).ended.size).toBe(0);
    });

    it('shows commands of other processes by use case, without what they say of people', async () => {
      const { commands } = host.get<GroupcallQueues>(instanceToken('default', GroupcallQueues));
      const request = {
        input: { destinations: [{ target: '+15550199', name: 'Jane Doe' }] },
        patience: 1_000,
      };
      await commands!.add('create_groupcall', request, { delay: 600_000 });
      const job = await jobIn('groupcall-commands', 'delayed');
      expect(job.name).toBe('create_groupcall');
      expect(job.data.patience).toBe(1_000);
      expect(JSON.stringify(job)).not.toMatch(/15550|Jane/);
    });

    it('works as well in a process that only answers requests, before anybody else has prepared the queues', async () => {
      const front = await start({ workers: FRONT }, 'new_');
      try {
        await eventually(async () => {
          const { body } = await look('?activeQueue=groupcall-alarms&status=delayed&page=1', front);
          expect(body.queues?.map((one: any) => [one.name, one.counts.delayed])).toEqual([
            ['groupcall-alarms', 0],
            ['voice groupcall-alarms', 0],
          ]);
        });
      } finally {
        await front.close();
      }
    });
  });
}

describeHostsBoard("A host's own Bull Board, queues on PostgreSQL", async ({ url }) => ({
  queueIn: (schema) => ({ backend: 'postgres', url, schema }),
  close: () => Promise.resolve(),
}));

describeWithRedis('with Redis', () => {
  describeHostsBoard("A host's own Bull Board, queues on Redis", async () => {
    const redis = await (await RedisServer.reserve()).start();
    return {
      queueIn: (prefix) => ({ backend: 'redis', url: redis.url, prefix }),
      close: () => redis.stop(),
    };
  });
});

import { randomUUID } from 'node:crypto';
import {
  CreateGroupcallCommand,
  GroupcallModule,
  GroupcallReader,
  RuntimeMetrics,
  type RingMethod,
  type AlarmQueueOptions,
  type GroupcallWorkers,
} from '@groupcall/groupcall';
import { parseTimestamp } from '@groupcall/shared';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWithRedis } from '../support/servers.js';
import { Phones, PhonesModule } from './hosts/phones.js';
import { closeDatabases, database, startHost } from './hosts/start-host.js';

/** The queue that alarms wait in, and what takes everything out of it. */
interface Store {
  readonly queue: AlarmQueueOptions;
  wipe(host: INestApplicationContext): Promise<unknown>;
  close(): Promise<unknown>;
}

const CUSTOMER = randomUUID();
const PLANNED = 'SELECT id FROM groupcall_leg WHERE tm_dial IS NULL';
const GROUPCALLS = 24;
const PHONES = 3;

/** Nobody answers: each phone has to be hung up when its time has run out, and in a linear groupcall the next one rung. */
function describeTimeOuts(name: string, open: (database: TestDatabase) => Promise<Store>): void {
  describe(`time-outs with ${name}`, () => {
    let postgres: TestDatabase;
    let store: Store;
    let host: INestApplicationContext;
    beforeEach(async () => {
      postgres = await createTestDatabase();
      store = await open(postgres);
    });
    afterEach(async () => {
      await host?.close();
      await closeDatabases();
      await store.close();
      await postgres.drop();
    });

    async function start(workers: Partial<GroupcallWorkers>): Promise<RuntimeMetrics> {
      const engine = GroupcallModule.forRoot({
        imports: [PhonesModule],
        gateway: Phones,
        queue: store.queue,
        limits: { groupcallsPerSecond: 0 },
        workers,
      });
      host = await startHost(CqrsModule.forRoot(), database(postgres.url), engine);
      return host.get(RuntimeMetrics);
    }

    /**
     * Rings all of them out.
     * @param ringing called when every first phone rings and its deadline is final
     * @returns when each phone should have stopped ringing, and when it did, epoch ms
     */
    async function ringOut(
      methods: readonly RingMethod[] = ['ring_all', 'linear'],
      dialTimeout = 1_000,
      ringing: () => Promise<unknown> = async () => undefined,
    ): Promise<{ due: number; ended: number }[]> {
      const bus = host.get(CommandBus);
      const destinations = Array.from({ length: PHONES }, (_, index) => ({
        type: 'tel' as const,
        target: `+1555123000${index}`,
      }));
      const created = await Promise.all(
        Array.from({ length: GROUPCALLS }, (_, index) =>
          bus.execute(
            new CreateGroupcallCommand({
              customerId: CUSTOMER,
              destinations,
              ringMethod: methods[index % methods.length],
              dialTimeout: dialTimeout + index * 20,
            }),
          ),
        ),
      );
      await eventually(async () => {
        const planned = await host.get(DataSource).query(PLANNED);
        expect(planned).toEqual([]);
      });
      await ringing();
      const reader = host.get(GroupcallReader);
      const legs = await Promise.all(
        created.map(({ id }) =>
          eventually(
            async () => {
              expect(await reader.findGroupcall(CUSTOMER, id)).toMatchObject({ hangup_reason: 'dialout' });
              return (await reader.findLegsOf(CUSTOMER, id, true))!;
            },
            { timeout: 40_000, interval: 100 },
          ),
        ),
      );
      const all = legs.flat();
      expect(all.map(({ hangup_reason }) => hangup_reason)).toEqual(
        Array(GROUPCALLS * PHONES).fill('dialout'),
      );
      return all.map(({ dial_deadline, tm_hangup }) => ({
        due: parseTimestamp(dial_deadline)!,
        ended: parseTimestamp(tm_hangup)!,
      }));
    }

    const early = (legs: { due: number; ended: number }[]) => legs.filter(({ due, ended }) => ended < due);

    it('all come by the queue alone, with the timers of the process and the sweep switched off', async () => {
      const metrics = await start({ timers: false, sweep: false });
      expect(early(await ringOut())).toEqual([]);
      expect(metrics.alarmsRung).toBeGreaterThanOrEqual(GROUPCALLS);
      expect([metrics.alarmsTimed, metrics.alarmsSwept]).toEqual([0, 0]);
    }, 60_000);

    it('all come by the sweep when the store of the queue is wiped while phones ring', async () => {
      const metrics = await start({ timers: false });
      // Long enough to set all alarms on a slow machine, so that all of them are lost.
      const legs = await ringOut(['ring_all'], 6_000, async () => {
        await store.wipe(host);
        // What was on its way to the queue is lost as well.
        await new Promise((resolve) => setTimeout(resolve, 500));
        await store.wipe(host);
      });
      expect(early(legs)).toEqual([]);
      expect(metrics.alarmsSwept).toBeGreaterThanOrEqual(GROUPCALLS);
      expect([metrics.alarmsTimed, metrics.alarmsRung]).toEqual([0, 0]);
    }, 60_000);

    it('all come by the timers of the process when nobody listens to the queue and nobody sweeps', async () => {
      const metrics = await start({ alarms: false, sweep: false });
      expect(early(await ringOut())).toEqual([]);
      expect(metrics.alarmsTimed).toBeGreaterThanOrEqual(GROUPCALLS);
      expect([metrics.alarmsRung, metrics.alarmsSwept]).toEqual([0, 0]);
    }, 60_000);
  });
}

describeTimeOuts('alarms in PostgreSQL', async ({ url }) => ({
  queue: { backend: 'postgres', url },
  wipe: (host) => host.get(DataSource).query('DELETE FROM bullmq.job'),
  close: () => Promise.resolve(),
}));

describeWithRedis('with Redis', () => {
  describeTimeOuts('alarms in Redis', async () => {
    const server = await (await RedisServer.reserve()).start();
    const redis = new Redis(server.url);
    return {
      queue: { backend: 'redis', url: server.url },
      wipe: () => redis.flushall(),
      close: async () => {
        await redis.quit();
        await server.stop();
      },
    };
  });
});

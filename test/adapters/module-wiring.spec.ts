import { CallGateway, GroupcallModule, type GroupcallModuleForRootOptions } from '@groupcall/groupcall';
import { Injectable, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithRedis } from '../support/servers.js';
import { RedisServer } from '../support/redis-server.js';
import { Phones, PhonesModule } from './hosts/phones.js';
import { closeDatabases, database, NO_QUEUE, startHost } from './hosts/start-host.js';

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(async () => {
  await closeDatabases();
  await postgres.drop();
});

const engine = (options: Partial<GroupcallModuleForRootOptions> = {}) =>
  GroupcallModule.forRoot({ imports: [PhonesModule], gateway: Phones, queue: NO_QUEUE, ...options });
const cqrs = () => CqrsModule.forRoot();

@Module({ imports: [CqrsModule] })
class SomebodyWithABareCqrsModule {}

@Module({ providers: [Phones] })
class ModuleThatExportsNothing {}

@Injectable()
class NotThere {}

@Injectable()
class PhonesWithoutALine extends Phones {
  constructor(readonly line: NotThere) {
    super();
  }
}

@Module({ providers: [PhonesWithoutALine], exports: [PhonesWithoutALine] })
class BrokenPhonesModule {}

@Injectable()
class HalfAGateway {
  createCall() {}
  hangupCall() {}
}

@Module({ providers: [HalfAGateway], exports: [HalfAGateway] })
class HalfAGatewayModule {}

describe('A boot with', () => {
  it('everything there succeeds, and the host calls each hook of its gateway once', async () => {
    const host = await startHost(cqrs(), database(postgres.url), engine());
    expect(host.get(Phones).starts).toBe(1);
    expect(host.get(CallGateway)).toBeInstanceOf(CallGateway);
    await host.close();
  });

  it.each<[string, string | RegExp, () => Promise<unknown>]>([
    [
      'no CqrsModule',
      'there is no CommandBus. Add CqrsModule.forRoot()',
      () => startHost(database(postgres.url), engine()),
    ],
    [
      'a CqrsModule that only another module sees',
      'CqrsModule is imported without forRoot()',
      () => startHost(SomebodyWithABareCqrsModule, database(postgres.url), engine()),
    ],
    [
      'two buses',
      /2 CommandBus instances.*it is imported by .*SomebodyWithABareCqrsModule/,
      () => startHost(cqrs(), SomebodyWithABareCqrsModule, database(postgres.url), engine()),
    ],
    [
      'no DataSource',
      'there is no default DataSource. Add TypeOrmModule.forRoot(',
      () => startHost(cqrs(), engine()),
    ],
    [
      'no DataSource of that name',
      `there is no DataSource "voice". Add TypeOrmModule.forRoot({ name: 'voice'`,
      () => startHost(cqrs(), database(postgres.url), engine({ dataSource: 'voice' })),
    ],
    [
      'a database that cannot be reached',
      'ECONNREFUSED',
      () => startHost(cqrs(), database('postgres://root@127.0.0.1:1/x'), engine()),
    ],
    [
      'a DataSource without our entities',
      `Add ...groupcallEntities({ schema: 'voice', tablePrefix: 'gc_' }) from nestjs-groupcall/typeorm`,
      () =>
        startHost(
          cqrs(),
          database(postgres.url),
          engine({ tables: { schema: 'voice', tablePrefix: 'gc_' } }),
        ),
    ],
    [
      'migrations that were not run',
      /the table "late_groupcall_customer" is missing.*runGroupcallMigrations/,
      () => {
        const tables = { tablePrefix: 'late_' };
        return startHost(
          cqrs(),
          database(postgres.url, [tables], { migrationsRun: false }),
          engine({ tables }),
        );
      },
    ],
    [
      'a gateway that nobody provides',
      'no module provides NotThere, the gateway',
      () => startHost(cqrs(), database(postgres.url), engine({ gateway: NotThere as never })),
    ],
    [
      'a gateway that is not exported',
      'Phones, the gateway, is provided by ModuleThatExportsNothing',
      () => startHost(cqrs(), database(postgres.url), engine({ imports: [ModuleThatExportsNothing] })),
    ],
    [
      'a gateway that cannot be made',
      /can't resolve dependencies of the PhonesWithoutALine \(\?\)/,
      () =>
        startHost(
          cqrs(),
          database(postgres.url),
          engine({ imports: [BrokenPhonesModule], gateway: PhonesWithoutALine }),
        ),
    ],
    [
      'half a gateway',
      'the gateway HalfAGateway has no getCall, no listCalls',
      () =>
        startHost(
          cqrs(),
          database(postgres.url),
          engine({ imports: [HalfAGatewayModule], gateway: HalfAGateway as never }),
        ),
    ],
    [
      'the module without options',
      'imported without options. Import GroupcallModule.forRoot({',
      () => startHost(cqrs(), database(postgres.url), GroupcallModule),
    ],
    [
      'a wrong option',
      'timings.effectTimeout (6000) must be shorter than timings.claimLease (5000)',
      () => startHost(cqrs(), database(postgres.url), engine({ timings: { effectTimeout: 6_000 } })),
    ],
  ])('%s stops and says what to do', async (_what, message, boot) => {
    await expect(boot()).rejects.toThrow(message);
  });

  it.each<[string, Partial<Record<keyof GroupcallModuleForRootOptions, unknown>>, string]>([
    ['no gateway', { gateway: undefined }, 'no gateway. Pass your call service as gateway'],
    ['an instance as gateway', { gateway: {} }, 'gateway must be a class'],
    ['an instance as event sink', { eventSink: {} }, 'eventSink must be a class'],
    ['a name with a blank', { name: 'my voice' }, 'name is "my voice"'],
  ])('%s does not come that far', (_what, options, message) => {
    expect(() => engine(options as never)).toThrow(message);
  });
});

describeWithRedis('A boot with a Redis that throws things away', () => {
  it('stops and says how to set it up', async () => {
    const redis = await (await RedisServer.reserve()).start({ 'maxmemory-policy': 'allkeys-lru' });
    try {
      const queue = { backend: 'redis', url: redis.url } as const;
      await expect(startHost(cqrs(), database(postgres.url), engine({ queue }))).rejects.toThrow(
        'must be "noeviction"',
      );
    } finally {
      await redis.signal('SIGKILL');
    }
  });
});

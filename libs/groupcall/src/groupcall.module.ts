import {
  Inject,
  Logger,
  Module,
  Optional,
  type DynamicModule,
  type InjectionToken,
  type Provider,
  type Type,
} from '@nestjs/common';
import { CommandBus, EventBus } from '@nestjs/cqrs';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BullmqAlarmClock, BullmqCommandReceiver, GroupcallQueues } from './adapters/bullmq/index.js';
import { groupcallStorage, type GroupcallStorage, type TableOptions } from './adapters/typeorm/index.js';
import { findTracer } from './adapters/opentelemetry/index.js';
import { checkTables } from './adapters/typeorm/check-tables.js';
import { tableNames } from './adapters/typeorm/tables.js';
import {
  checkKeys,
  GROUPCALL_OPTIONS,
  resolveOptions,
  type GroupcallModuleOptions,
  type ResolvedOptions,
} from './groupcall.options.js';
import { GroupcallCoreModule } from './instances/groupcall-core.module.js';
import { GroupcallInstance, INSTANCE_IDENTITY } from './instances/groupcall-instance.js';
import type { InstanceIdentity } from './instances/groupcall-instances.js';
import { HOST_BUSES, type HostBuses } from './instances/host-buses.js';
import { HostGateway, shortcomings } from './instances/host-gateway.js';
import { checkInstanceName, DEFAULT_INSTANCE, instanceToken } from './instances/instance-name.js';
import { requiredProvider } from './instances/required-provider.js';
import { AlarmClock } from './ports/alarm-clock.port.js';
import { CallGateway } from './ports/call-gateway.port.js';
import { Clock } from './ports/clock.port.js';
import { CommandReceiver } from './ports/command-transport.port.js';
import { DestinationResolver, NoDirectory } from './ports/destination-resolver.port.js';
import { DialLedger } from './ports/dial-ledger.port.js';
import { EffectOutbox } from './ports/effect-outbox.port.js';
import { GroupcallEventSink, NoEventSink } from './ports/groupcall-event-sink.port.js';
import { GroupcallArchive } from './ports/groupcall-archive.port.js';
import { GroupcallReader } from './ports/groupcall-reader.port.js';
import { GroupcallStore } from './ports/groupcall-store.port.js';
import { LegAudit } from './ports/leg-audit.port.js';
import { PeerLink } from './ports/peer-link.port.js';
import { Tracer } from './ports/tracer.port.js';
import { RingPreviewer } from './preview/ring-previewer.js';
import { CommandIntake } from './remote/command-intake.js';
import { CallNotifications } from './runtime/call-notifications.js';
import { GroupcallRuntime } from './runtime/groupcall-runtime.js';
import { Retention } from './runtime/retention.js';
import { RuntimeMetrics } from './runtime/runtime-metrics.js';
import { RUNTIME_PROVIDERS } from './runtime/runtime-providers.js';

/** How a host plugs its own parts in. */
export interface GroupcallWiring {
  /**
   * Tells several engines of one process apart; missing: the one that is meant when nobody says which. Lower-case
   * letters, digits and `_`. Commands for a named engine: `forInstance(name, command)`; its ports: `instanceToken(name, port)`.
   */
  name?: string;
  /** Modules that export the classes named below, and what `inject` asks for. */
  imports?: DynamicModule['imports'];
  /** The host's call service: a provider of one of the `imports` or of a global module. */
  gateway: Type<CallGateway>;
  /** The host's directory; missing: agents and extensions are unknown. */
  resolver?: Type<DestinationResolver>;
  /** Where public events must arrive; missing: only on the EventBus. */
  eventSink?: Type<GroupcallEventSink>;
  /** Name of the TypeORM DataSource; missing: the default one. It needs `groupcallEntities(tables)`. */
  dataSource?: string;
  /** Where the tables are in it: the same as for `groupcallEntities` and `groupcallMigrations`. */
  tables?: TableOptions;
}

/** Wiring and options, known when the module is imported. */
export interface GroupcallModuleForRootOptions extends GroupcallWiring, GroupcallModuleOptions {}

/** Wiring now, options when the host's providers are there. */
export interface GroupcallModuleAsyncOptions extends GroupcallWiring {
  /** What `useFactory` is called with. */
  inject?: InjectionToken[];
  /** Makes the options; may be asynchronous. */
  useFactory: (...injected: never[]) => GroupcallModuleOptions | Promise<GroupcallModuleOptions>;
}

/**
 * The engine inside a host. The host owns `CqrsModule.forRoot()`, the TypeORM DataSource and the queue's server; this
 * module imports none of them, so there is one CommandBus and one EventBus. Whatever is missing stops the boot with a
 * sentence that says what to add. Global: the ports it exports can be injected anywhere.
 */
@Module({})
export class GroupcallModule {
  constructor(@Optional() @Inject(GROUPCALL_OPTIONS) options?: ResolvedOptions) {
    if (options) return;
    throw new Error(
      'GroupcallModule was imported without options. Import GroupcallModule.forRoot({ queue, gateway, … }) or forRootAsync.',
    );
  }

  /**
   * The engine, with options that are known when it is imported. A wrong option stops the boot.
   * @throws Error that names the wiring that is wrong
   */
  static forRoot(options: GroupcallModuleForRootOptions): DynamicModule {
    const { name, imports, gateway, resolver, eventSink, dataSource, tables, ...engine } = options;
    const wiring = { name, imports, gateway, resolver, eventSink, dataSource, tables };
    return GroupcallModule.forRootAsync({ ...wiring, useFactory: () => engine });
  }

  /**
   * The engine, with options that come from a factory. A wrong option stops the boot.
   * @throws Error that names the wiring that is wrong
   */
  static forRootAsync(options: GroupcallModuleAsyncOptions): DynamicModule {
    checkWiring(options);
    const { name = DEFAULT_INSTANCE, tables = {} } = options;
    return {
      module: GroupcallModule,
      global: true,
      imports: [GroupcallCoreModule, ...(options.imports ?? [])],
      providers: [
        {
          provide: GROUPCALL_OPTIONS,
          inject: options.inject ?? [],
          useFactory: async (...injected: never[]): Promise<ResolvedOptions> =>
            resolveOptions(await options.useFactory(...injected), name),
        },
        ...busProviders(),
        ...storageProviders(options.dataSource, tables),
        ...queueProviders(),
        gatewayProvider(options.gateway),
        pluggedIn(DestinationResolver, options.resolver, NoDirectory),
        pluggedIn(GroupcallEventSink, options.eventSink, NoEventSink),
        ...RUNTIME_PROVIDERS,
        { provide: PeerLink, inject: [STORAGE], useFactory: ({ peers }: GroupcallStorage) => peers },
        { provide: Tracer, useFactory: findTracer },
        CallNotifications,
        CommandIntake,
        RingPreviewer,
        identityProvider(tables),
        GroupcallInstance,
        ...namedProviders(name),
      ],
      exports: [
        ...EXPORTED.map((port) => instanceToken(name, port)),
        ...(name === DEFAULT_INSTANCE ? EXPORTED : []),
      ],
    };
  }
}

/** What of an engine its host may inject. */
const EXPORTED = [
  AlarmClock,
  BullmqAlarmClock,
  BullmqCommandReceiver,
  CallNotifications,
  Clock,
  EffectOutbox,
  GroupcallQueues,
  GroupcallReader,
  GroupcallRuntime,
  GroupcallStore,
  RingPreviewer,
  Retention,
  RuntimeMetrics,
];

const WIRING: Record<keyof GroupcallModuleAsyncOptions, true> = {
  name: true,
  imports: true,
  gateway: true,
  resolver: true,
  eventSink: true,
  dataSource: true,
  tables: true,
  inject: true,
  useFactory: true,
};

/** Wrong wiring would only show at the first call. */
function checkWiring(options: GroupcallModuleAsyncOptions): void {
  checkKeys('', options, Object.keys(WIRING));
  if (options.name !== undefined) checkInstanceName(options.name);
  for (const port of ['gateway', 'resolver', 'eventSink'] as const) {
    const given: unknown = options[port];
    if (typeof given === 'function' || (given === undefined && port !== 'gateway')) continue;
    throw new Error(
      given === undefined
        ? 'GroupcallModule: no gateway. Pass your call service as gateway: MyCallGateway, a class that extends CallGateway and is a provider of one of the imports.'
        : `GroupcallModule: ${port} must be a class; the instance comes from the module that provides it.`,
    );
  }
}

/**
 * An engine's ports under tokens of its own: two global modules must not export the same one, and `app.get` takes a class
 * from wherever it finds it.
 */
function namedProviders(name: string): Provider[] {
  return EXPORTED.map((port) => ({ provide: instanceToken(name, port), useExisting: port }));
}

/** The host's buses, seen to be the only ones. */
function busProviders(): Provider[] {
  return [
    { provide: EventBus, inject: [HOST_BUSES], useFactory: ({ eventBus }: HostBuses) => eventBus },
    { provide: CommandBus, inject: [HOST_BUSES], useFactory: ({ commandBus }: HostBuses) => commandBus },
  ];
}

const STORAGE = Symbol('groupcall storage');
const DATA_SOURCE = Symbol('groupcall data source');

/** What kind of database it is decides which adapters stand behind the storage ports. */
function storageProviders(dataSource: string | undefined, tables: TableOptions): Provider[] {
  const from = <T>(port: abstract new () => T, part: (storage: GroupcallStorage) => T): Provider => ({
    provide: port,
    inject: [STORAGE],
    useFactory: part,
  });
  const called = dataSource === undefined ? 'The default DataSource' : `The DataSource "${dataSource}"`;
  return [
    requiredProvider(
      DATA_SOURCE,
      getDataSourceToken(dataSource),
      `GroupcallModule: ${called.replace('The', 'there is no')}. Add TypeOrmModule.forRoot({ ${dataSource === undefined ? '' : `name: '${dataSource}', `}…, entities: [...groupcallEntities()] }) to the imports of the root module${dataSource === undefined ? ', or name another one in the option dataSource' : ''}.`,
      () => `GroupcallModule: ${called} could not be made, or its module does not export it.`,
    ),
    {
      provide: STORAGE,
      inject: [DATA_SOURCE],
      useFactory: async (source: DataSource) => {
        await checkTables(source, tables);
        return groupcallStorage(source, tables);
      },
    },
    {
      provide: Clock,
      inject: [STORAGE],
      useFactory: async ({ clock }: GroupcallStorage): Promise<Clock> => {
        await clock.start();
        return clock;
      },
    },
    from(GroupcallStore, ({ store }) => store),
    from(EffectOutbox, ({ outbox }) => outbox),
    from(GroupcallReader, ({ reader }) => reader),
    from(LegAudit, ({ audit }) => audit),
    from(DialLedger, ({ dials }) => dials),
    from(GroupcallArchive, ({ archive }) => archive),
    Retention,
  ];
}

function queueProviders(): Provider[] {
  return [
    {
      provide: BullmqAlarmClock,
      inject: [GROUPCALL_OPTIONS, Clock],
      useFactory: ({ queue }: ResolvedOptions, clock: Clock) => new BullmqAlarmClock(queue, clock),
    },
    { provide: AlarmClock, useExisting: BullmqAlarmClock },
    {
      provide: BullmqCommandReceiver,
      inject: [GROUPCALL_OPTIONS, Clock],
      useFactory: ({ queue }: ResolvedOptions, clock: Clock) => new BullmqCommandReceiver(queue, clock),
    },
    { provide: CommandReceiver, useExisting: BullmqCommandReceiver },
    GroupcallQueues,
  ];
}

function identityProvider(tables: TableOptions): Provider {
  return {
    provide: INSTANCE_IDENTITY,
    inject: [GROUPCALL_OPTIONS, DATA_SOURCE],
    useFactory: ({ name, queue }: ResolvedOptions, source: DataSource): InstanceIdentity => ({
      name,
      tables: { source, tree: tableNames(source, tables).tree },
      queue: `${queue.url} ${queue.backend === 'redis' ? queue.prefix : queue.schema}`,
    }),
  };
}

function gatewayProvider(gateway: Type<CallGateway>): Provider {
  return requiredProvider(
    CallGateway,
    gateway,
    `GroupcallModule: no module provides ${gateway.name}, the gateway. Provide and export it in a module, and add that module to the imports of GroupcallModule.`,
    (module) =>
      `GroupcallModule: ${gateway.name}, the gateway, is provided by ${module} and cannot be seen from here. Export it there, and add ${module} to the imports of GroupcallModule.`,
    (given) => {
      const hosts = new HostGateway(given);
      for (const shortcoming of shortcomings(hosts)) new Logger('Groupcall').warn(shortcoming);
      return hosts;
    },
  );
}

function pluggedIn<T>(port: abstract new () => T, given: Type<T> | undefined, fallback: Type<T>): Provider {
  return given ? { provide: port, useExisting: given } : { provide: port, useClass: fallback };
}

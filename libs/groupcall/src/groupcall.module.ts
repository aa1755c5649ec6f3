import { Module, type DynamicModule, type InjectionToken, type Provider, type Type } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BullmqAlarmClock } from './adapters/bullmq/index.js';
import {
  DatabaseClock,
  PostgresEffectOutbox,
  PostgresGroupcallStore,
  PostgresLegAudit,
  TypeOrmGroupcallReader,
} from './adapters/typeorm/index.js';
import { COMMAND_HANDLERS } from './commands/command-handlers.js';
import {
  GROUPCALL_OPTIONS,
  resolveOptions,
  type GroupcallModuleOptions,
  type ResolvedOptions,
} from './groupcall.options.js';
import { AlarmClock } from './ports/alarm-clock.port.js';
import { CallGateway } from './ports/call-gateway.port.js';
import { Clock } from './ports/clock.port.js';
import { DestinationResolver, NoDirectory } from './ports/destination-resolver.port.js';
import { EffectOutbox } from './ports/effect-outbox.port.js';
import { GroupcallEventSink, NoEventSink } from './ports/groupcall-event-sink.port.js';
import { GroupcallReader } from './ports/groupcall-reader.port.js';
import { GroupcallStore } from './ports/groupcall-store.port.js';
import { LegAudit } from './ports/leg-audit.port.js';
import { GroupcallRuntime } from './runtime/groupcall-runtime.js';
import { RuntimeMetrics } from './runtime/runtime-metrics.js';
import { RUNTIME_PROVIDERS } from './runtime/runtime-providers.js';

/** How a host plugs its own parts in. */
export interface GroupcallModuleAsyncOptions {
  /** Modules that export the classes named below, and what `inject` asks for. */
  imports?: DynamicModule['imports'];
  inject?: InjectionToken[];
  useFactory: (...injected: never[]) => GroupcallModuleOptions | Promise<GroupcallModuleOptions>;
  /** The host's call service: a provider of one of the `imports`. */
  gateway: Type<CallGateway>;
  /** The host's directory; missing: agents and extensions are unknown. */
  resolver?: Type<DestinationResolver>;
  /** Where public events must arrive; missing: only on the EventBus. */
  eventSink?: Type<GroupcallEventSink>;
  /** Name of the TypeORM DataSource; missing: the default one. It needs GROUPCALL_ENTITIES and their migrations. */
  dataSource?: string;
}

/**
 * The engine inside a host. The host owns `CqrsModule.forRoot()` and the TypeORM DataSource; this module imports
 * neither, so there is one CommandBus and one EventBus. Global: the ports it exports can be injected anywhere.
 */
@Module({})
export class GroupcallModule {
  static forRootAsync(options: GroupcallModuleAsyncOptions): DynamicModule {
    return {
      module: GroupcallModule,
      global: true,
      imports: options.imports ?? [],
      providers: [
        {
          provide: GROUPCALL_OPTIONS,
          inject: options.inject ?? [],
          useFactory: async (...injected: never[]): Promise<ResolvedOptions> =>
            resolveOptions(await options.useFactory(...injected)),
        },
        ...storageProviders(options.dataSource),
        ...queueProviders(),
        { provide: CallGateway, useExisting: options.gateway },
        pluggedIn(DestinationResolver, options.resolver, NoDirectory),
        pluggedIn(GroupcallEventSink, options.eventSink, NoEventSink),
        ...RUNTIME_PROVIDERS,
        ...COMMAND_HANDLERS,
      ],
      exports: [
        AlarmClock,
        BullmqAlarmClock,
        Clock,
        EffectOutbox,
        GROUPCALL_OPTIONS,
        GroupcallReader,
        GroupcallRuntime,
        GroupcallStore,
        RuntimeMetrics,
      ],
    };
  }
}

function storageProviders(dataSource?: string): Provider[] {
  const inject = [getDataSourceToken(dataSource)];
  const on = <T>(port: abstract new () => T, adapter: new (source: never) => T): Provider => ({
    provide: port,
    inject,
    useFactory: (source: never) => new adapter(source),
  });
  return [
    {
      provide: Clock,
      inject,
      useFactory: async (source: DataSource): Promise<Clock> => {
        const clock = new DatabaseClock(source);
        await clock.start();
        return clock;
      },
    },
    on(GroupcallStore, PostgresGroupcallStore),
    on(EffectOutbox, PostgresEffectOutbox),
    on(GroupcallReader, TypeOrmGroupcallReader),
    on(LegAudit, PostgresLegAudit),
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
  ];
}

function pluggedIn<T>(port: abstract new () => T, given: Type<T> | undefined, fallback: Type<T>): Provider {
  return given ? { provide: port, useExisting: given } : { provide: port, useClass: fallback };
}

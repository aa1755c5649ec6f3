import { GroupcallModule, type GroupcallModuleOptions } from '@groupcall/groupcall';
import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Settings } from './app.config.js';
import { AuthModule } from './auth/index.js';
import { databaseOptions } from './database.js';
import { DirectoryModule, DirectoryResolver } from './directory/index.js';
import { EventLogSink, EventsModule } from './events/index.js';
import { GroupcallRetention, RETENTION_DAYS } from './groupcalls/groupcall-retention.js';
import { GroupcallsModule } from './groupcalls/groupcalls.module.js';
import { HealthModule } from './health/health.module.js';
import { ErrorFilter } from './http/error.filter.js';
import { PageTokens } from './http/page-tokens.js';
import { validationPipe } from './http/validation.js';
import { SimulatedCallGateway, SimulatorModule } from './simulator/index.js';

/** Settings of which the database is known by now. */
export type AppSettings = Settings & { readonly databaseUrl: string };

/** What tests and benches may turn. */
export type EngineOptions = Pick<GroupcallModuleOptions, 'timings' | 'capacity' | 'workers'>;

/** How long turns and effects under way may take at the end, ms: fits into the 10 s of a shutdown. */
const DRAIN_TIME = 5_000;

/** The whole host: the engine, what is plugged into it, and HTTP around it. */
@Global()
@Module({})
export class AppModule {
  static forRoot(settings: AppSettings, engine: EngineOptions = {}): DynamicModule {
    const providers: Provider[] = [
      { provide: PageTokens, useValue: new PageTokens(settings.tokens.secret) },
      { provide: RETENTION_DAYS, useValue: settings.retentionDays },
      GroupcallRetention,
      { provide: APP_FILTER, useClass: ErrorFilter },
      { provide: APP_PIPE, useFactory: validationPipe },
    ];
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        TypeOrmModule.forRoot({ ...databaseOptions(settings.databaseUrl), retryAttempts: 1 }),
        AuthModule.forRoot(settings.tokens),
        GroupcallModule.forRootAsync({
          imports: [SimulatorModule, DirectoryModule, EventsModule],
          useFactory: () => ({
            queue: queueOf(settings),
            limits: settings.limits,
            dialPolicy: settings.dialPolicy,
            ...engine,
            timings: { drainTimeout: DRAIN_TIME, ...engine.timings },
            capacity: { residentTrees: settings.residentTrees, ...engine.capacity },
            workers: { commands: settings.takesCommands, ...engine.workers },
          }),
          gateway: SimulatedCallGateway,
          resolver: DirectoryResolver,
          eventSink: EventLogSink,
        }),
        // Its /groupcalls/events must be asked before /groupcalls/:id.
        EventsModule,
        GroupcallsModule,
        HealthModule.forRoot(settings),
      ],
      providers,
      exports: [PageTokens],
    };
  }
}

function queueOf({ redisUrl, databaseUrl }: AppSettings): GroupcallModuleOptions['queue'] {
  return redisUrl ? { backend: 'redis', url: redisUrl } : { backend: 'postgres', url: databaseUrl };
}

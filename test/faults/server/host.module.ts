import { GroupcallModule, type GroupcallModuleOptions } from '@groupcall/groupcall';
import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import { databaseOptions } from './database-options.js';
import type { Failpoints } from './failpoints.js';
import { JudgeGateway } from './judge-gateway.js';
import { JudgeSink } from './judge-sink.js';
import { installFailpoints } from './port-failpoints.js';

/** What a server under test is told before it starts. */
export interface HostSettings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Key prefix of the alarm queue: databases that share a Redis do not share alarms. */
  readonly queuePrefix: string;
  /** The account's URL at the judge. */
  readonly judge: string;
  readonly limits: GroupcallModuleOptions['limits'];
  readonly timings: GroupcallModuleOptions['timings'];
  /** ms; the server's own time limit of a statement. */
  readonly statementTimeout: number;
}

@Module({})
class OutsideWorld {
  static at(judge: string): DynamicModule {
    return {
      module: OutsideWorld,
      providers: [
        { provide: JudgeGateway, useFactory: () => new JudgeGateway(judge) },
        { provide: JudgeSink, useFactory: () => new JudgeSink(judge) },
      ],
      exports: [JudgeGateway, JudgeSink],
    };
  }
}

/** The smallest host: the real module on the real adapters, with failpoints around its ports. */
@Module({})
export class HostModule {
  static forRoot(settings: HostSettings, points: Failpoints, onCommit: () => void): DynamicModule {
    const groupcall = GroupcallModule.forRootAsync({
      imports: [OutsideWorld.at(settings.judge)],
      useFactory: () => ({
        queue: { backend: 'redis', url: settings.redisUrl, prefix: settings.queuePrefix },
        limits: settings.limits,
        timings: settings.timings,
      }),
      gateway: JudgeGateway,
      eventSink: JudgeSink,
    });
    installFailpoints(groupcall, points, onCommit);
    return {
      module: HostModule,
      imports: [CqrsModule.forRoot(), TypeOrmModule.forRoot(databaseOptions(settings)), groupcall],
    };
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { METRICS_ARE_PUBLIC, MetricsController } from './metrics.controller.js';

/** What whoever runs the server wants to know. Needs the global GroupcallModule, AccessTokens and a DataSource. */
@Module({})
export class HealthModule {
  static forRoot({ metricsArePublic }: { metricsArePublic: boolean }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [{ provide: METRICS_ARE_PUBLIC, useValue: metricsArePublic }],
    };
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DeploymentMetrics } from './deployment-metrics.js';
import { HealthController } from './health.controller.js';
import { METRICS_ARE_PUBLIC, MetricsController } from './metrics.controller.js';
import { ProcessMetrics } from './process-metrics.js';

/** What whoever runs the server wants to know. Needs the global GroupcallModule, AccessTokens and a DataSource. */
@Module({})
export class HealthModule {
  static forRoot({ metricsArePublic }: { metricsArePublic: boolean }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [
        DeploymentMetrics,
        ProcessMetrics,
        { provide: METRICS_ARE_PUBLIC, useValue: metricsArePublic },
      ],
    };
  }
}

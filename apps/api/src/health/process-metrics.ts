import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { metricsText } from './metrics-text.js';

/** What every Node process can tell of itself: CPU, memory, garbage collection, delay of the event loop. */
@Injectable()
export class ProcessMetrics implements OnModuleDestroy {
  // Of its own: several servers in one process (tests) do not share one.
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  async text(): Promise<string> {
    const uptime = {
      name: 'process_uptime_seconds',
      type: 'gauge',
      help: 'Seconds since the start.',
    } as const;
    return `${await this.registry.metrics()}\n${metricsText([{ ...uptime, value: process.uptime() }])}`;
  }

  onModuleDestroy(): void {
    this.registry.clear();
  }
}

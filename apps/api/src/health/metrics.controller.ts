import { BullmqAlarmClock, Clock, EffectOutbox, RuntimeMetrics } from '@groupcall/groupcall';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AccessTokens, authenticate, Public } from '../auth/index.js';
import { ApiError } from '../http/api-error.js';
import { metricsText, type Metric } from './metrics-text.js';

/** Injection token: whether anybody may read the metrics. */
export const METRICS_ARE_PUBLIC = Symbol('METRICS_ARE_PUBLIC');

const HELP: Partial<Record<string, string>> = {
  commands: 'Commands taken.',
  turns: 'Turns decided.',
  commits: 'Commits.',
  committedTurns: 'Turns made durable.',
  conflicts: 'Compare-and-sets lost to another process.',
  unknownCommits: 'Commits whose outcome the database did not tell.',
  effectsDone: 'Effects executed.',
  effectsRetried: 'Effects put off after a failure.',
  effectsDead: 'Effects given up.',
  alarmsRung: 'Alarms that the queue has rung.',
  alarmsSwept: 'Alarms that only the sweep has found.',
  reconciled: 'Lost notifications that the comparison with the gateway has made up for.',
  orphanCalls: 'Living calls that no committed state wanted, hung up.',
  lateAnswers: 'Answers that came after their leg had ended.',
};

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly counters: RuntimeMetrics,
    private readonly outbox: EffectOutbox,
    private readonly alarms: BullmqAlarmClock,
    private readonly clock: Clock,
    private readonly tokens: AccessTokens,
    @Inject(METRICS_ARE_PUBLIC) private readonly arePublic: boolean,
  ) {}

  @Get()
  @Public()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({
    summary: 'Numbers for Prometheus',
    description: 'No customer data. METRICS_ACCESS says who may read it.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  async metrics(@Req() request: Request): Promise<string> {
    if (!this.arePublic) await this.expectAdmin(request);
    return metricsText([...this.runtime(), ...(await this.depths()), ...ofProcess()]);
  }

  private async expectAdmin({ headers }: Request): Promise<void> {
    const { role } = await authenticate(this.tokens, headers.authorization);
    if (role !== 'platform_admin')
      throw new ApiError('PERMISSION_DENIED', 'Only a platform_admin may read the metrics.');
  }

  /** Every counter that the engine has, also those that it will have one day. */
  private runtime(): Metric[] {
    return Object.entries(this.counters)
      .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
      .map(([key, value]) => ({
        name: `groupcall_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`,
        type: 'counter',
        help: HELP[key] ?? 'Counted since the start of this process.',
        value,
      }));
  }

  private async depths(): Promise<Metric[]> {
    const { pending, dead, oldestAge } = await this.outbox.stats(this.clock.now());
    const gauge = (name: string, help: string, value: number): Metric => ({
      name,
      type: 'gauge',
      help,
      value,
    });
    return [
      gauge('groupcall_outbox_pending', 'Effects not done yet, of all processes.', pending),
      gauge('groupcall_outbox_dead', 'Effects given up, of all processes: an operator has to look.', dead),
      gauge(
        'groupcall_outbox_oldest_age_seconds',
        'Age of the oldest effect that is not done.',
        oldestAge / 1_000,
      ),
      {
        name: 'groupcall_alarms_not_set_total',
        type: 'counter',
        help: 'Alarms left to the sweep.',
        value: this.alarms.failedArms,
      },
    ];
  }
}

function ofProcess(): Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    { name: 'process_cpu_seconds_total', type: 'counter', help: 'CPU time.', value: (user + system) / 1e6 },
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Resident memory.',
      value: process.memoryUsage.rss(),
    },
    {
      name: 'process_uptime_seconds',
      type: 'gauge',
      help: 'Seconds since the start.',
      value: process.uptime(),
    },
  ];
}

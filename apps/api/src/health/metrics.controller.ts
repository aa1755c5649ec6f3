import { RuntimeMetrics } from '@groupcall/groupcall';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AccessTokens, authenticate, Public } from '../auth/index.js';
import { ApiError } from '../http/api-error.js';
import { DeploymentMetrics } from './deployment-metrics.js';
import { engineMetrics } from './engine-metrics.js';
import { metricsText } from './metrics-text.js';
import { ProcessMetrics } from './process-metrics.js';

/** Injection token: whether anybody may read the metrics. */
export const METRICS_ARE_PUBLIC = Symbol('METRICS_ARE_PUBLIC');

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly counters: RuntimeMetrics,
    private readonly deployment: DeploymentMetrics,
    private readonly process: ProcessMetrics,
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
    const [deployment, process] = await Promise.all([this.deployment.read(), this.process.text()]);
    return metricsText([...engineMetrics(this.counters), ...deployment]) + process;
  }

  private async expectAdmin({ headers }: Request): Promise<void> {
    const { role } = await authenticate(this.tokens, headers.authorization);
    if (role !== 'platform_admin')
      throw new ApiError('PERMISSION_DENIED', 'Only a platform_admin may read the metrics.');
  }
}

import { BullmqAlarmClock } from '@groupcall/groupcall';
import { Controller, Get, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator, type HealthCheckResult } from '@nestjs/terminus';
import { Public } from '../auth/index.js';
import { ApiErrors } from '../http/api-docs.decorators.js';
import { ApiError } from '../http/api-error.js';

/** How long the database may take to answer, ms. */
const DATABASE_TIMEOUT = 2_000;

interface PartHealth {
  readonly status: string;
  readonly message?: string;
}

/** `degraded`: all requests are served, and somebody should look. */
interface Readiness {
  readonly status: 'ok' | 'degraded';
  readonly details: Readonly<Record<string, PartHealth>>;
}

@ApiTags('operations')
@Public()
@Controller('health')
@Injectable()
export class HealthController {
  private isEnding = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly alarms: BullmqAlarmClock,
  ) {}

  /** From now on this process is not ready: it serves what still comes, and nothing new should be sent to it. */
  end(): void {
    this.isEnding = true;
  }

  @Get('live')
  @ApiOperation({ summary: 'The process runs', description: 'Fails only when a restart would help.' })
  @ApiOkResponse({ schema: { example: { status: 'ok' } } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Requests are served',
    description:
      'A 503 names the part without which none are, in details: the database, or this process that is shutting down. ' +
      'Without the alarm queue the sweep rings, up to 1 s late: 200 with the status `degraded`.',
  })
  @ApiOkResponse({
    schema: {
      example: { status: 'ok', details: { database: { status: 'up' }, alarm_queue: { status: 'up' } } },
    },
  })
  @ApiErrors(503)
  async ready(): Promise<Readiness> {
    if (this.isEnding) throw new ApiError('UNAVAILABLE', 'This process is shutting down.');
    try {
      const database = await this.health.check([
        () => this.database.pingCheck('database', { timeout: DATABASE_TIMEOUT }),
      ]);
      const alarm_queue = await this.alarmQueue();
      return {
        status: alarm_queue.status === 'up' ? 'ok' : 'degraded',
        details: { ...database.details, alarm_queue },
      };
    } catch (error) {
      if (error instanceof ServiceUnavailableException)
        throw notReady(error.getResponse() as HealthCheckResult);
      throw error;
    }
  }

  /** Nothing about where it is or why it does not answer: anybody may ask. */
  private async alarmQueue(): Promise<PartHealth> {
    const { ok } = await this.alarms.health();
    return ok
      ? { status: 'up' }
      : { status: 'degraded', message: 'does not answer; the sweep rings in its place, up to 1 s late' };
  }
}

/** Which part is down, and nothing about where it is or why. */
function notReady({ error = {} }: HealthCheckResult): ApiError {
  const parts = Object.keys(error);
  return new ApiError(
    'UNAVAILABLE',
    `Not ready: ${parts.join(' and ')} ${parts.length > 1 ? 'do' : 'does'} not answer.`,
    parts.map((field) => ({ field, message: 'does not answer' })),
  );
}

import { BullmqAlarmClock } from '@groupcall/groupcall';
import {
  Controller,
  Get,
  Injectable,
  ServiceUnavailableException,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { Public } from '../auth/index.js';
import { ApiErrors } from '../http/api-docs.decorators.js';
import { ApiError } from '../http/api-error.js';

/** How long the database may take to answer, ms. */
const DATABASE_TIMEOUT = 2_000;

@ApiTags('operations')
@Public()
@Controller('health')
@Injectable()
export class HealthController implements BeforeApplicationShutdown {
  private isEnding = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly alarms: BullmqAlarmClock,
  ) {}

  beforeApplicationShutdown(): void {
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
    summary: 'Every part answers',
    description: 'A 503 names the part that does not, in details.',
  })
  @ApiOkResponse({
    schema: {
      example: { status: 'ok', details: { database: { status: 'up' }, alarm_queue: { status: 'up' } } },
    },
  })
  @ApiErrors(503)
  async ready(): Promise<HealthCheckResult> {
    if (this.isEnding) throw new ApiError('UNAVAILABLE', 'This process is shutting down.');
    try {
      return await this.health.check([
        () => this.database.pingCheck('database', { timeout: DATABASE_TIMEOUT }),
        () => this.alarmQueue(),
      ]);
    } catch (error) {
      if (error instanceof ServiceUnavailableException)
        throw notReady(error.getResponse() as HealthCheckResult);
      throw error;
    }
  }

  private async alarmQueue() {
    const indicator = this.indicators.check('alarm_queue');
    const { ok, detail } = await this.alarms.health();
    return ok ? indicator.up() : indicator.down({ message: detail });
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

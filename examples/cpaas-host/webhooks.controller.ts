import {
  GroupcallError,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleRingingCommand,
  LEG_HANGUP_REASONS,
  type LegHangupReason,
} from '@groupcall/groupcall';
import {
  BadRequestException,
  Controller,
  Headers,
  HttpCode,
  Inject,
  Post,
  Req,
  ServiceUnavailableException,
  UnauthorizedException,
  type RawBodyRequest,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Request } from 'express';
import { isSigned } from './signature.js';

export const WEBHOOK_SECRET = Symbol('WEBHOOK_SECRET');

/** What the service tells: at least once, in any order. */
interface Notification {
  reference: string;
  event: 'ringing' | 'answered' | 'completed';
  reason?: string;
}

/** Replies only when what was told is durable: anything else than 2xx makes the service tell it again. */
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(WEBHOOK_SECRET) private readonly secret: string,
  ) {}

  @Post('calls')
  @HttpCode(204)
  async told(
    @Req() request: RawBodyRequest<Request>,
    @Headers('x-signature') signature?: string,
  ): Promise<void> {
    if (!isSigned(this.secret, request.rawBody ?? '', signature, Date.now()))
      throw new UnauthorizedException();
    const command = commandFor(request.body as Notification);
    try {
      await this.commands.execute(command);
    } catch (error) {
      if (!(error instanceof GroupcallError)) throw error;
      if (error.reason === 'UNAVAILABLE') throw new ServiceUnavailableException();
      // A call that is not ours, or no longer: telling it again would not help.
    }
  }
}

/** No order of arrival is wrong: the engine knows what comes late and what comes twice. */
function commandFor({ reference: legId, event, reason }: Notification): HandleHangupCommand {
  switch (event) {
    case 'ringing':
      return new HandleRingingCommand({ legId }) as never;
    case 'answered':
      return new HandleAnswerCommand({ legId }) as never;
    case 'completed':
      return new HandleHangupCommand({ legId, reason: isReason(reason) ? reason : 'normal' });
    default:
      throw new BadRequestException(`This event is not known: ${String(event)}`);
  }
}

function isReason(reason: unknown): reason is LegHangupReason {
  return (LEG_HANGUP_REASONS as readonly unknown[]).includes(reason);
}

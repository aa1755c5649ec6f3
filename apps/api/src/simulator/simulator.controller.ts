import { LEG_HANGUP_REASONS } from '@groupcall/groupcall';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentScope, CUSTOMER_WRITERS, Roles, type Scope } from '../auth/index.js';
import { ApiCustomerRoute } from '../http/api-docs.decorators.js';
import { UuidPipe } from '../http/validation.js';
import { FarEnd } from './far-end.js';
import { readReason } from './read-reason.js';

const HANGUP_BODY = {
  required: false,
  schema: {
    type: 'object' as const,
    properties: { reason: { type: 'string' as const, enum: [...LEG_HANGUP_REASONS] } },
  },
};

/** Plays the far end of a simulated call (SPEC 6). 202: it has happened, the groupcall is told soon after. */
@ApiTags('simulator')
@ApiCustomerRoute()
@ApiNotFoundResponse({ description: 'There is no such call for this customer.' })
@ApiConflictResponse({ description: 'The call is not in a state in which its far end can do this.' })
@Roles(...CUSTOMER_WRITERS)
@Controller('simulator/calls')
export class SimulatorController {
  constructor(private readonly farEnd: FarEnd) {}

  @Post(':id/ringing')
  @HttpCode(202)
  @ApiOperation({ summary: 'Say again that the phone of this call rings' })
  @ApiAcceptedResponse({ description: 'Done.' })
  async ringing(@CurrentScope() scope: Scope, @Param('id', UuidPipe) id: string): Promise<PlayedCall> {
    await this.farEnd.ring(scope.customerId, id);
    return { id };
  }

  @Post(':id/answer')
  @HttpCode(202)
  @ApiOperation({ summary: 'Pick up the phone of this call' })
  @ApiAcceptedResponse({ description: 'Done.' })
  async answer(@CurrentScope() scope: Scope, @Param('id', UuidPipe) id: string): Promise<PlayedCall> {
    await this.farEnd.answer(scope.customerId, id);
    return { id };
  }

  @Post(':id/hangup')
  @HttpCode(202)
  @ApiOperation({
    summary: 'End this call from the far end',
    description: 'Without a reason: `normal` when the call was answered, `rejected` when it was ringing.',
  })
  @ApiBody(HANGUP_BODY)
  @ApiAcceptedResponse({ description: 'Done.' })
  async hangup(
    @CurrentScope() scope: Scope,
    @Param('id', UuidPipe) id: string,
    @Body() body: unknown,
  ): Promise<PlayedCall> {
    await this.farEnd.hangUp(scope.customerId, id, readReason(body));
    return { id };
  }
}

export interface PlayedCall {
  id: string;
}

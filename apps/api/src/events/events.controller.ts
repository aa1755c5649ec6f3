import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentScope, Roles, ROLES, TokenEnd, type Scope } from '../auth/index.js';
import { badField } from '../http/api-error.js';
import { EventCursor } from './event-cursor.js';
import { EventLog } from './event-log.js';
import { sendEvents } from './event-response.js';
import { EventStreams } from './event-streams.js';
import { EventTail } from './event-tail.js';
import { ApiCustomerRoute } from '../http/api-docs.decorators.js';

/** The customer's events as they happen (SPEC 5, 6). Registered before the route that reads any word as an id. */
@ApiTags('groupcalls')
@ApiCustomerRoute()
@Controller('groupcalls/events')
export class EventsController {
  constructor(
    private readonly log: EventLog,
    private readonly tail: EventTail,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({
    summary: 'Follow the events',
    description:
      'Server-sent events: `id` is the position to resume after, `event` the wire type, `data` the event. Starts with ' +
      'what comes next, or after the event that Last-Event-ID names. Events are kept for 24 hours and may come twice: ' +
      'drop repeats by their own id. Ends with the access token: connect again with a new one and Last-Event-ID. An agent gets the events of groupcalls that the agent owns.',
  })
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Goes before `last_event_id`.' })
  @ApiQuery({
    name: 'last_event_id',
    required: false,
    description: 'For readers that cannot set the header.',
  })
  @ApiOkResponse({ description: 'The stream.' })
  @ApiTooManyRequestsResponse({ description: 'The customer has too many streams open.' })
  async follow(
    @CurrentScope() scope: Scope,
    @TokenEnd() tokenEnd: number,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query('last_event_id') inQuery: unknown,
    @Res() response: Response,
  ): Promise<void> {
    const after = readPosition('Last-Event-ID', lastEventId) ?? readPosition('last_event_id', inQuery);
    await this.streams.run(scope.customerId, tokenEnd, async (ending) => {
      response.once('close', () => ending.abort());
      // Gone while the token was being checked: that event will not come any more.
      if (response.destroyed) return;
      const cursor = new EventCursor(this.log, this.tail, scope);
      try {
        // Before the first byte: who sees the stream open misses nothing that happens from then on.
        await cursor.open(after);
        await sendEvents(response, cursor.pages(ending.signal), ending.signal);
      } finally {
        cursor.close();
      }
    });
  }
}

function readPosition(field: string, value: unknown): number | null {
  if (value === undefined || value === '') return null;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw badField(field, 'must be the id of an event of this stream, or be left out');
}

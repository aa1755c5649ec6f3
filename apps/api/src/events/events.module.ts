import { Module } from '@nestjs/common';
import { EventLogSink } from './event-log-sink.js';
import { EventLog } from './event-log.js';
import { EventRetention } from './event-retention.js';
import { EventStreams } from './event-streams.js';
import { EventTail } from './event-tail.js';
import { EventsController } from './events.controller.js';

/**
 * Keeps the public events for a day and lets customers follow them. Needs the default DataSource (with EVENTS_ENTITIES
 * and EVENTS_MIGRATIONS) and the global `GroupcallModule` for the Clock. To be imported before the module with
 * `GET /groupcalls/:id`, which would otherwise take "events" for an id.
 */
@Module({
  controllers: [EventsController],
  providers: [EventLog, EventLogSink, EventRetention, EventStreams, EventTail],
  exports: [EventLog, EventLogSink, EventStreams, EventTail],
})
export class EventsModule {}

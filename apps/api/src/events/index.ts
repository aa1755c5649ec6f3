export { EventLogSink } from './event-log-sink.js';
export { EventLog } from './event-log.js';
export { EventStreams } from './event-streams.js';
export { EventTail } from './event-tail.js';
export { EventsModule } from './events.module.js';
export { EVENTS_ENTITIES, EVENTS_MIGRATIONS } from './persistence.js';

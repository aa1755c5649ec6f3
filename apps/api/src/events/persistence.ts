import { EventLogEntry } from './event-log.entity.js';
import { CreateEventLog1760000000300 } from './migrations/create-event-log.migration.js';

/** For the host's DataSource. */
export const EVENTS_ENTITIES = [EventLogEntry];
export const EVENTS_MIGRATIONS = [CreateEventLog1760000000300];

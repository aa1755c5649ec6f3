import type { PublicEvent } from '../domain/effect.js';
import { DEFAULT_INSTANCE } from '../instances/instance-name.js';

/**
 * Base of the domain events on the EventBus. Published after the commit, at least once, per tree in order of
 * `event.sequence`; drop repeats by `event.id`. What must not be lost belongs in a GroupcallEventSink: the EventBus
 * does not wait for its handlers and cannot tell when one fails.
 */
export abstract class GroupcallEvent {
  constructor(
    /** What is delivered to an event sink as well. */
    readonly event: PublicEvent,
    /** Which engine of the process it is from. */
    readonly instance: string = DEFAULT_INSTANCE,
  ) {}
}

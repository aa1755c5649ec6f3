import { Clock, GroupcallEventSink, type PublicEvent } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import { GroupCommit } from '../group-commit/group-commit.js';
import { EventLog } from './event-log.js';
import { EventTail } from './event-tail.js';

/** Puts public events into the log; safe to repeat. Resolves when the event is durable and visible to readers. */
@Injectable()
export class EventLogSink extends GroupcallEventSink {
  private readonly appending: GroupCommit<PublicEvent, void>;

  constructor(log: EventLog, tail: EventTail, clock: Clock) {
    super();
    this.appending = new GroupCommit(
      async (events) => {
        await log.append(events, clock.now());
        tail.nudge();
        return new Array<void>(events.length);
      },
      ({ id }) => id,
    );
  }

  override deliver(event: PublicEvent): Promise<void> {
    return this.appending.add(event);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../../groupcall.options.js';
import { BullmqAlarmClock } from './bullmq-alarm-clock.js';
import { BullmqCommandReceiver } from './bullmq-command-receiver.js';

/**
 * An engine's queues, for a dashboard of the host's own: `for (const queue of queues.all) board.addQueue(new
 * BullMQAdapter(queue))`. Those of a named engine: `@Inject(instanceToken('voice', GroupcallQueues))`; queues of several
 * engines have the same names, so give the adapter a `prefix`.
 *
 * To look at, and to retry, promote and clean in: no groupcall depends on a job. The engine closes them.
 */
@Injectable()
export class GroupcallQueues {
  constructor(
    private readonly alarmClock: BullmqAlarmClock,
    private readonly commandReceiver: BullmqCommandReceiver,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** The queue of alarms; job data are ids. */
  get alarms(): Queue {
    // Where this process does not listen to alarms, nothing else prepares the server until the first groupcall.
    void this.alarmClock.health();
    return this.alarmClock.queue;
  }

  /**
   * The queue of commands from other processes; missing unless this one takes them (`workers.commands`). A request to
   * create a groupcall is in its job, so show people job data through {@link idsOnly}.
   */
  get commands(): Queue | undefined {
    return this.options.workers.commands ? this.commandReceiver.queue : undefined;
  }

  /** Every queue of this engine; the same objects until the application closes. The first look begins to connect. */
  get all(): Queue[] {
    const { alarms, commands } = this;
    return commands ? [alarms, commands] : [alarms];
  }
}

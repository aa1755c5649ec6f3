import {
  BullmqAlarmClock,
  Clock,
  EffectOutbox,
  GroupcallQueues,
  GroupcallRuntime,
} from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import type { Metric } from './metrics-text.js';

/** How long a part may take to say how it is, ms: a scrape must not hang with it. */
const PATIENCE = 2_000;
/** On PostgreSQL what waits in a paused queue is called paused, which the types do not know. */
const COMMAND_STATES = ['waiting', 'paused' as 'waiting', 'active', 'delayed', 'failed'] as const;

/** How full things are. A part that does not answer is told as down; what it would have said is left out. */
@Injectable()
export class DeploymentMetrics {
  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly outbox: EffectOutbox,
    private readonly alarms: BullmqAlarmClock,
    private readonly queues: GroupcallQueues,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<Metric[]> {
    const [outbox, queue, commands] = await Promise.all([
      this.outboxDepth(),
      this.queueDepth(),
      this.commandsDepth(),
    ]);
    const up: Metric = {
      name: 'groupcall_up',
      type: 'gauge',
      help: 'Whether the part answers: 1 or 0.',
      value: {
        label: 'part',
        values: [
          ['database', outbox ? 1 : 0],
          ['alarm_queue', queue ? 1 : 0],
        ],
      },
    };
    return [
      gauge(
        'groupcall_mailbox_commands',
        'Commands waiting or being decided in this process.',
        this.runtime.waitingCommands,
      ),
      gauge(
        'groupcall_resident_trees',
        'Trees that this process keeps in memory.',
        this.runtime.residentTrees,
      ),
      {
        name: 'groupcall_alarms_not_set_total',
        type: 'counter',
        help: 'Alarms left to the sweep.',
        value: this.alarms.failedArms,
      },
      up,
      ...(outbox ?? []),
      ...(queue ?? []),
      ...(commands ?? []),
    ];
  }

  private async outboxDepth(): Promise<Metric[] | null> {
    const stats = await inTime(this.outbox.stats(this.clock.now()));
    return (
      stats && [
        gauge('groupcall_outbox_pending', 'Effects not done yet, of all processes.', stats.pending),
        gauge(
          'groupcall_outbox_dead',
          'Effects given up, of all processes: an operator has to look.',
          stats.dead,
        ),
        gauge(
          'groupcall_outbox_oldest_age_seconds',
          'Age of the oldest effect that is not done.',
          stats.oldestAge / 1_000,
        ),
      ]
    );
  }

  private async queueDepth(): Promise<Metric[] | null> {
    const counts = await inTime(
      (async () => this.alarms.queue.getJobCounts('delayed', 'waiting', 'active', 'failed'))(),
    );
    return (
      counts && [
        {
          name: 'groupcall_alarm_queue_jobs',
          type: 'gauge',
          help: 'Alarms in the queue, of all processes.',
          value: { label: 'state', values: Object.entries(counts) },
        },
      ]
    );
  }

  /** Nothing at all in a process that takes no commands: it does not look. */
  private async commandsDepth(): Promise<Metric[] | null> {
    const { commands } = this.queues;
    if (!commands) return null;
    const counts = await inTime(commands.getJobCounts(...COMMAND_STATES));
    if (!counts) return null;
    const { paused = 0, waiting = 0, ...others } = counts;
    const values: [string, number][] = [['waiting', waiting + paused], ...Object.entries(others)];
    return [
      {
        name: 'groupcall_command_queue_jobs',
        type: 'gauge',
        help: 'Commands of services without the engine in the queue, of all processes.',
        value: { label: 'state', values },
      },
    ];
  }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, value };
}

/** null: it failed, or did not answer in time. */
async function inTime<T>(asking: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE);
  });
  try {
    return await Promise.race([asking.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

import { Logger } from '@nestjs/common';
import type { Job, Queue, Worker } from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import type { Clock } from '../../ports/clock.port.js';
import {
  CommandReceiver,
  type CommandMessage,
  type CommandReply,
} from '../../ports/command-transport.port.js';
import { COMMANDS, COMMAND_TEXTS, messageOf } from './command-job.js';
import type { JobQueue } from './job-queue.js';
import { WatchedQueue, type WatchedQueueSettings } from './watched-queue.js';
import { settled } from './within.js';

/** How long {@link BullmqCommandReceiver.stop} waits for commands under way, ms. */
const FINISH_TIMEOUT = 2_500;

type OnCommand = (message: CommandMessage, age: number) => Promise<CommandReply>;

/** Commands as BullMQ jobs: what a job returns is the reply. */
export class BullmqCommandReceiver extends CommandReceiver {
  private readonly watched: WatchedQueue;
  private worker: Worker | undefined;
  private stopping: Promise<void> | undefined;

  /** Connects to nothing yet. */
  constructor(
    options: AlarmQueueOptions,
    private readonly clock: Clock,
    settings: Partial<WatchedQueueSettings> = {},
  ) {
    super();
    this.watched = new WatchedQueue(COMMANDS, options, COMMAND_TEXTS, {
      log: new Logger('CommandQueue'),
      ...settings,
    });
  }

  /** The queue, for a dashboard. The first look begins to connect. */
  get queue(): Queue {
    return this.watched.queue;
  }

  override start(onCommand: OnCommand): Promise<void> {
    return this.watched.start((queue) => this.listen(queue, onCommand));
  }

  override stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  /** Makes sure that there is a worker; one that has ended by itself is replaced. */
  private listen(queue: JobQueue, onCommand: OnCommand): void {
    if (this.stopping || this.worker?.isRunning()) return;
    const worker = queue.openWorker((job) => this.take(job, onCommand));
    worker.on('failed', (job, error) => {
      this.watched.log.warn('failed', `Command ${job?.id ?? 'unknown'} was not finished: ${error.message}`);
    });
    this.worker = worker;
  }

  private take(job: Job, onCommand: OnCommand): Promise<CommandReply> {
    return onCommand(messageOf(job), this.clock.now() - job.timestamp);
  }

  private async shutDown(): Promise<void> {
    this.watched.rest();
    // Not close(): it waits without end when the server is away, and can then not be forced any more.
    if (this.worker) await settled(this.worker.pause(), FINISH_TIMEOUT);
    await this.watched.stop();
  }
}

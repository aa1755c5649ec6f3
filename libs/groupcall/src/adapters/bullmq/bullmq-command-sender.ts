import { Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { CommandOutcomeUnknownError, unavailable } from '../../domain/groupcall-error.js';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { expires } from '../../remote/public-commands.js';
import { CommandSender, type CommandMessage, type CommandReply } from '../../ports/command-transport.port.js';
import { COMMANDS, COMMAND_TEXTS, commandJob } from './command-job.js';
import { ReplyListener } from './reply-listener.js';
import { PendingReply } from './pending-reply.js';
import { WatchedQueue, type WatchedQueueSettings } from './watched-queue.js';
import { within } from './within.js';

export interface CommandSenderLimits {
  /** Commands that wait for their reply in this process. */
  mostPending: number;
  /** Commands that wait in the queue, of all processes. */
  mostQueued: number;
}

/** All durations in ms. */
export interface CommandSenderSettings extends WatchedQueueSettings {
  /** Until a command without a reply is sent again, under the same id. */
  askAgainInterval: number;
}

const ASK_AGAIN = 1_000;
const ADD_TIMEOUT = 2_000;
/** On PostgreSQL a paused queue has its waiting jobs under another name, which the types do not know. */
const WAITING = ['waiting', 'paused' as 'waiting'] as const;
/** How old a count of waiting jobs may be. */
const COUNT_AGE = 1_000;

/**
 * Commands as BullMQ jobs; replies come back over the stream of events. Neither is trusted to arrive: a command without
 * a reply is sent again under the same id until its sender's patience ends. While the job is there that is ignored by
 * BullMQ; when job or reply were lost the command is executed again, which its id makes harmless.
 */
export class BullmqCommandSender extends CommandSender {
  private readonly watched: WatchedQueue;
  private readonly askAgain: number;
  private readonly pending = new Map<string, PendingReply>();
  private listener: ReplyListener | undefined;
  private queued: { count: number; at: number } | undefined;
  private stopping: Promise<void> | undefined;

  /** Connects to nothing yet. */
  constructor(
    options: AlarmQueueOptions,
    private readonly limits: CommandSenderLimits,
    settings: Partial<CommandSenderSettings> = {},
  ) {
    super();
    const { askAgainInterval = ASK_AGAIN, ...rest } = settings;
    this.askAgain = askAgainInterval;
    this.watched = new WatchedQueue(COMMANDS, options, COMMAND_TEXTS, {
      log: new Logger('CommandQueue'),
      ...rest,
    });
  }

  /** The queue, for a dashboard. The first look begins to connect. */
  get queue(): Queue {
    return this.watched.queue;
  }

  /** How many commands wait for their reply. */
  get pendingCommands(): number {
    return this.pending.size;
  }

  /**
   * Resolves also when the server is down: commands are then refused until it is back.
   * @throws QueueRefusedError when the server must not be used as it is set up
   */
  start(): Promise<void> {
    return this.watched.start((queue) => {
      this.listener ??= new ReplyListener(
        queue.openEvents(),
        (id, returned) => this.pending.get(id)?.arrive(returned),
        (id, reason) => this.pending.get(id)?.fail(reason),
        (error) => this.watched.log.warn('events', `Replies cannot be heard, trying again: ${String(error)}`),
      );
    });
  }

  /** As the port says. */
  override send(message: CommandMessage): Promise<CommandReply> {
    const { id } = message;
    const same = this.pending.get(id);
    if (same) return same.reply;
    if (this.stopping) return Promise.reject(unavailable('This client has been stopped: nothing was sent.'));
    const { mostPending } = this.limits;
    if (this.pending.size >= mostPending) {
      const why = `${mostPending} commands of this process wait for their reply already`;
      return Promise.reject(unavailable(`${why}: nothing was sent. Send the command again later.`));
    }
    const pending = new PendingReply(id);
    this.pending.set(id, pending);
    const forget = () => this.pending.delete(id);
    pending.reply.then(forget, forget);
    void this.deliver(message, pending).catch((error: unknown) => pending.reject(error));
    return pending.reply;
  }

  override stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  /** Resolves when the reply is there. */
  private async deliver(message: CommandMessage, pending: PendingReply): Promise<void> {
    const until = performance.now() + message.patience;
    let sent = false;
    for (let left = message.patience; left > 0; left = until - performance.now()) {
      try {
        await within(this.watched.ready(), left);
        if (!sent) await this.refuseOverload(left);
      } catch (error) {
        if (!sent) throw notSent(error);
      }
      const { name, data, options } = commandJob(message);
      sent = true;
      try {
        await within(this.queue.add(name, data, options), Math.min(left, ADD_TIMEOUT));
      } catch {
        // It may have arrived all the same, and under this id it may arrive again.
        this.watched.doubt();
      }
      if (await pending.settledWithin(Math.min(this.askAgain, until - performance.now()))) return;
    }
    await this.withdraw(message);
    throw new CommandOutcomeUnknownError(
      message.id,
      `No reply to ${message.name} within ${message.patience} ms.`,
    );
  }

  /** What nobody waits for any more should not be begun; whether it was is not known. */
  private async withdraw({ id, name }: CommandMessage): Promise<void> {
    if (!expires(name)) return;
    await within(this.queue.remove(id), ADD_TIMEOUT).catch(() => this.watched.doubt());
  }

  private async refuseOverload(left: number): Promise<void> {
    const now = performance.now();
    if (!this.queued || now - this.queued.at > COUNT_AGE) {
      const count = await within(this.queue.getJobCountByTypes(...WAITING), Math.min(left, ADD_TIMEOUT));
      this.queued = { count, at: now };
    }
    if (this.queued.count < this.limits.mostQueued) return;
    throw new Error(`${this.queued.count} commands wait in the queue already: is an engine taking them?`);
  }

  private async shutDown(): Promise<void> {
    this.listener?.stop();
    for (const [id, pending] of this.pending)
      pending.reject(new CommandOutcomeUnknownError(id, 'This client is being stopped.'));
    await this.watched.stop();
  }
}

function notSent(error: unknown) {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return unavailable(`The command could not be sent, nothing was done: ${reason}`);
}

import { Queue, QueueEvents, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import {
  eventSettings,
  QueueRefusedError,
  type JobQueue,
  type ProcessJob,
  type QueueIdentity,
  type ReportError,
} from './job-queue.js';
import { RedisConnections } from './redis-connections.js';
import { settled, within } from './within.js';
import { WORKER_SETTINGS } from './worker-settings.js';

const CHECK_TIMEOUT = 2_000;
const CLOSE_TIMEOUT = 1_000;
const CONCURRENCY = 50;

/** A queue in Redis: the fast and battle-tested backend. */
export class RedisJobQueue implements JobQueue {
  readonly server = 'Redis';
  readonly queue: Queue;
  private readonly connections: RedisConnections;
  private readonly producer: Redis;
  private readonly prefix: string;
  private readonly consumers: { close(force?: boolean): Promise<void> }[] = [];
  private lastError: Error | undefined;

  constructor(
    private readonly identity: QueueIdentity,
    options: Extract<AlarmQueueOptions, { backend: 'redis' }>,
    private readonly report: ReportError,
  ) {
    this.prefix = options.prefix ?? 'bull';
    this.connections = new RedisConnections(options.url, (error) => {
      this.lastError = error;
    });
    this.producer = this.connections.openProducer();
    // The version is looked at in check(): BullMQ's own look, if it fails once, makes the queue useless for ever.
    this.queue = new Queue(identity.name, {
      ...eventSettings(identity),
      connection: this.producer,
      prefix: this.prefix,
      skipVersionCheck: true,
    });
    this.queue.on('error', (error) => report('queue', error));
  }

  async check(): Promise<void> {
    const info = await within(this.info(), CHECK_TIMEOUT);
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new QueueRefusedError(
        `Redis may throw jobs away: its maxmemory-policy is "${policy}" and must be "noeviction"; ` +
          'set it in redis.conf or with CONFIG SET maxmemory-policy noeviction, or name a Redis of its own in queue.url.',
      );
    }
    const major = /^redis_version:(\d+)/m.exec(info)?.[1];
    if (major !== undefined && Number(major) < 5) {
      throw new QueueRefusedError(`Redis ${major} is too old for BullMQ: use 6.2 or newer.`);
    }
  }

  openWorker(process: ProcessJob): Worker {
    const connection = this.connections.openConsumer();
    const options = { ...WORKER_SETTINGS, connection, prefix: this.prefix, concurrency: CONCURRENCY };
    const worker = new Worker(this.identity.name, process, options);
    worker.on('error', (error) => this.report('worker', error));
    this.consumers.push(worker);
    return worker;
  }

  openEvents(): QueueEvents {
    const connection = this.connections.openConsumer();
    const events = new QueueEvents(this.identity.name, { connection, prefix: this.prefix, autorun: false });
    events.on('error', (error) => this.report('events', error));
    this.consumers.push(events);
    return events;
  }

  sever(): void {
    this.connections.sever();
  }

  async destroy(): Promise<void> {
    const closing = Promise.all([this.queue.close(), ...this.consumers.map((one) => one.close(true))]);
    await settled(this.connections.close(), CLOSE_TIMEOUT);
    await settled(closing, CLOSE_TIMEOUT);
  }

  private async info(): Promise<string> {
    try {
      if (this.producer.status !== 'ready') await this.connected();
      return await this.producer.info();
    } catch (error) {
      throw refusal(error) ?? error;
    }
  }

  /** Resolves when the connection attempt under way, or the next one, has succeeded. */
  private connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => () => {
        this.producer.off('ready', onReady).off('close', onClose);
        outcome();
      };
      const onReady = settle(resolve);
      const onClose = settle(() => reject(this.lastError ?? new Error('Connection is closed.')));
      this.producer.once('ready', onReady).once('close', onClose);
    });
  }
}

function refusal(error: unknown): QueueRefusedError | undefined {
  const message = error instanceof Error ? error.message : '';
  if (!/^(WRONGPASS|NOAUTH|NOPERM)\b/.test(message)) return undefined;
  return new QueueRefusedError(
    `Redis does not let us in, correct user and password in queue.url: ${message}`,
  );
}

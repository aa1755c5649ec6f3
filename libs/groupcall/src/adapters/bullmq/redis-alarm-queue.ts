import { Queue, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { ALARM_QUEUE, AlarmQueueRefusedError, type AlarmQueue, type ReportError } from './alarm-queue.js';
import { RedisConnections } from './redis-connections.js';
import { settled, within } from './within.js';
import { WORKER_SETTINGS } from './worker-settings.js';

const CHECK_TIMEOUT = 2_000;
const CLOSE_TIMEOUT = 1_000;
const CONCURRENCY = 50;

/** Alarms in Redis: the fast and battle-tested backend. */
export class RedisAlarmQueue implements AlarmQueue {
  readonly server = 'Redis';
  readonly queue: Queue;
  private readonly connections: RedisConnections;
  private readonly producer: Redis;
  private readonly prefix: string;
  private readonly workers: Worker[] = [];
  private lastError: Error | undefined;

  constructor(
    options: Extract<AlarmQueueOptions, { backend: 'redis' }>,
    private readonly report: ReportError,
  ) {
    this.prefix = options.prefix ?? 'bull';
    this.connections = new RedisConnections(options.url, (error) => {
      this.lastError = error;
    });
    this.producer = this.connections.openProducer();
    // The version is looked at in check(): BullMQ's own look, if it fails once, makes the queue useless for ever.
    this.queue = new Queue(ALARM_QUEUE, {
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
      throw new AlarmQueueRefusedError(
        `Redis may throw alarms away: its maxmemory-policy is "${policy}" and must be "noeviction"; ` +
          'set it in redis.conf or with CONFIG SET maxmemory-policy noeviction, or name a Redis of its own in queue.url.',
      );
    }
    const major = /^redis_version:(\d+)/m.exec(info)?.[1];
    if (major !== undefined && Number(major) < 5) {
      throw new AlarmQueueRefusedError(`Redis ${major} is too old for BullMQ: use 6.2 or newer.`);
    }
  }

  openWorker(process: (job: Job) => Promise<void>): Worker {
    const connection = this.connections.openConsumer();
    const options = { ...WORKER_SETTINGS, connection, prefix: this.prefix, concurrency: CONCURRENCY };
    const worker = new Worker(ALARM_QUEUE, process, options);
    worker.on('error', (error) => this.report('worker', error));
    this.workers.push(worker);
    return worker;
  }

  sever(): void {
    this.connections.sever();
  }

  async destroy(): Promise<void> {
    const closing = Promise.all([this.queue.close(), ...this.workers.map((worker) => worker.close(true))]);
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

function refusal(error: unknown): AlarmQueueRefusedError | undefined {
  const message = error instanceof Error ? error.message : '';
  if (!/^(WRONGPASS|NOAUTH|NOPERM)\b/.test(message)) return undefined;
  return new AlarmQueueRefusedError(
    `Redis does not let us in, correct user and password in queue.url: ${message}`,
  );
}

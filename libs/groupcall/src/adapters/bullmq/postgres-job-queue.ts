import * as bullmq from 'bullmq';
import type {
  BackendFactory,
  PostgresPoolConfig,
  PostgresQueueBackend,
  Queue,
  QueueEvents,
  Worker,
} from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import {
  eventSettings,
  type JobQueue,
  type ProcessJob,
  type QueueIdentity,
  type ReportError,
} from './job-queue.js';
import { prepareSchema, refusal } from './postgres-schema.js';
import { PostgresSockets } from './postgres-sockets.js';
import { renewableBackend } from './renewable-backend.js';
import { settled, within } from './within.js';
import { WORKER_SETTINGS } from './worker-settings.js';

const CHECK_TIMEOUT = 2_000;
const CLOSE_TIMEOUT = 1_000;
/** Few at a time: each finished job writes to the same few pages, and many deadlock. */
const CONCURRENCY = 10;

/** A queue in PostgreSQL, in a schema of its own: no second server is needed. */
export class PostgresJobQueue implements JobQueue {
  readonly server = 'PostgreSQL';
  readonly queue: Queue;
  private readonly sockets = new PostgresSockets();
  private readonly url: string;
  private readonly schema: string;
  private readonly connection: PostgresPoolConfig;
  private readonly consumers: { close(force?: boolean): Promise<void> }[] = [];
  private readonly usable: Promise<void>;
  private nowUsable!: () => void;
  private prepared = false;

  constructor(
    private readonly identity: QueueIdentity,
    options: Extract<AlarmQueueOptions, { backend: 'postgres' }>,
    private readonly report: ReportError,
  ) {
    if (!('createPostgresBackend' in bullmq)) {
      throw new Error(
        'A queue on PostgreSQL needs bullmq 6 or newer: update bullmq, or use backend "redis".',
      );
    }
    this.url = options.url;
    this.schema = options.schema ?? bullmq.DEFAULT_SCHEMA;
    this.connection = poolSettings(this.url, this.schema, this.sockets);
    this.usable = new Promise((resolve) => (this.nowUsable = resolve));
    this.queue = new bullmq.Queue(
      identity.name,
      { ...eventSettings(identity), connection: this.connection },
      this.backend,
    ) as unknown as Queue;
    this.queue.on('error', (error) => report('queue', error));
  }

  async check(): Promise<void> {
    if (!this.prepared) await prepareSchema(this.url, this.schema, this.sockets);
    this.prepared = true;
    this.nowUsable();
    try {
      await within(this.queue.isPaused(), CHECK_TIMEOUT);
    } catch (error) {
      // The schema may be what is missing: look at it again next time.
      this.prepared = false;
      throw refusal(error, this.schema) ?? error;
    }
  }

  openWorker(process: ProcessJob): Worker {
    const options = { ...WORKER_SETTINGS, connection: this.connection, concurrency: CONCURRENCY };
    const worker = new bullmq.Worker(this.identity.name, process, options, this.backend) as unknown as Worker;
    worker.on('error', (error) => this.report('worker', error));
    this.consumers.push(worker);
    return worker;
  }

  openEvents(): QueueEvents {
    const options = { connection: this.connection, autorun: false };
    const events = new bullmq.QueueEvents(
      this.identity.name,
      options,
      this.backend,
    ) as unknown as QueueEvents;
    events.on('error', (error) => this.report('events', error));
    this.consumers.push(events);
    return events;
  }

  sever(): void {
    this.sockets.destroy();
  }

  async destroy(): Promise<void> {
    const closing = Promise.all([this.queue.close(), ...this.consumers.map((one) => one.close(true))]);
    await settled(closing, CLOSE_TIMEOUT);
    this.sockets.destroy();
    await settled(closing, CLOSE_TIMEOUT);
  }

  private readonly backend: BackendFactory<PostgresQueueBackend, bullmq.PostgresConnectionOptions> = (
    ...args
  ) => renewableBackend(() => bullmq.createPostgresBackend(...args), this.usable);
}

function poolSettings(url: string, schema: string, sockets: PostgresSockets): PostgresPoolConfig {
  return {
    ...withoutStartupOptions(url),
    schema,
    max: 4,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 5_000,
    keepAlive: true,
    stream: sockets.create,
  };
}

/** `options=` in a connection string would silently replace the search path that BullMQ sets in the same place. */
function withoutStartupOptions(url: string): { connectionString: string; options?: string } {
  if (!URL.canParse(url)) return { connectionString: url };
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options');
  if (options === null) return { connectionString: url };
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, options };
}

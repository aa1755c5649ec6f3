import * as bullmq from 'bullmq';
import type { BackendFactory, Job, PostgresPoolConfig, PostgresQueueBackend, Queue, Worker } from 'bullmq';
import type { AlarmQueueOptions } from '../../groupcall.options.js';
import { ALARM_QUEUE, type AlarmQueue, type ReportError } from './alarm-queue.js';
import { prepareSchema, refusal } from './postgres-schema.js';
import { PostgresSockets } from './postgres-sockets.js';
import { renewableBackend } from './renewable-backend.js';
import { settled, within } from './within.js';
import { WORKER_SETTINGS } from './worker-settings.js';

const CHECK_TIMEOUT = 2_000;
const CLOSE_TIMEOUT = 1_000;
/** Few at a time: each finished job writes to the same few pages, and many deadlock. */
const CONCURRENCY = 10;

/** Alarms in PostgreSQL, in a schema of their own: no second server is needed. */
export class PostgresAlarmQueue implements AlarmQueue {
  readonly server = 'PostgreSQL';
  readonly queue: Queue;
  private readonly sockets = new PostgresSockets();
  private readonly url: string;
  private readonly schema: string;
  private readonly connection: PostgresPoolConfig;
  private readonly workers: Worker[] = [];
  private readonly usable: Promise<void>;
  private nowUsable!: () => void;
  private prepared = false;

  constructor(
    options: Extract<AlarmQueueOptions, { backend: 'postgres' }>,
    private readonly report: ReportError,
  ) {
    if (!('createPostgresBackend' in bullmq)) {
      throw new Error(
        'The alarm queue on PostgreSQL needs bullmq 6 or newer: update bullmq, or use backend "redis".',
      );
    }
    this.url = options.url;
    this.schema = options.schema ?? bullmq.DEFAULT_SCHEMA;
    this.connection = poolSettings(this.url, this.schema, this.sockets);
    this.usable = new Promise((resolve) => (this.nowUsable = resolve));
    this.queue = new bullmq.Queue(
      ALARM_QUEUE,
      { connection: this.connection },
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

  openWorker(process: (job: Job) => Promise<void>): Worker {
    const options = { ...WORKER_SETTINGS, connection: this.connection, concurrency: CONCURRENCY };
    const worker = new bullmq.Worker(ALARM_QUEUE, process, options, this.backend) as unknown as Worker;
    worker.on('error', (error) => this.report('worker', error));
    this.workers.push(worker);
    return worker;
  }

  sever(): void {
    this.sockets.destroy();
  }

  async destroy(): Promise<void> {
    const closing = Promise.all([this.queue.close(), ...this.workers.map((worker) => worker.close(true))]);
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

import { createRequire } from 'node:module';
import type { Redis, RedisOptions } from 'ioredis';

const COMMON: RedisOptions = {
  connectTimeout: 2_000,
  // How long a server that is gone may keep a closed socket open.
  disconnectTimeout: 500,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(times * 100, 1_000),
  // After a failover the old primary answers READONLY: connect again, and send the command again.
  reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
};

/** Adding fails at once while the server is away: an alarm is worth less than the caller's time. */
const PRODUCER: RedisOptions = { ...COMMON, enableOfflineQueue: false, maxRetriesPerRequest: 1 };

/** A worker waits for its server as long as it takes. */
const CONSUMER: RedisOptions = { ...COMMON, maxRetriesPerRequest: null };

/** Every connection to one Redis, so that none of them is left behind. All durations in ms. */
export class RedisConnections {
  private readonly all = new Set<Redis>();

  constructor(
    private readonly url: string,
    private readonly onError: (error: Error) => void,
  ) {}

  openProducer(): Redis {
    return this.keep(new (redisClass())(this.url, PRODUCER));
  }

  openConsumer(): Redis {
    const client = this.keep(new (redisClass())(this.url, CONSUMER));
    // BullMQ duplicates it for the connection on which it blocks.
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override) => this.keep(duplicate(override));
    return client;
  }

  /** Breaks those that think they are connected; they connect again by themselves. */
  sever(): void {
    for (const client of this.all) if (client.status === 'ready') client.disconnect(true);
  }

  /** Ends all without waiting for the server's word; what is under way is rejected. */
  async close(): Promise<void> {
    await Promise.all([...this.all].map(end));
    this.all.clear();
  }

  private keep(client: Redis): Redis {
    client.on('error', this.onError);
    this.all.add(client);
    return client;
  }
}

function end(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    if (client.status === 'end') resolve();
    else client.once('end', () => resolve());
    // Between two attempts there is no socket whose end would be noticed, and whoever waits for the client would wait
    // for ever: begin an attempt, to break it off.
    if (client.status === 'reconnecting') client.connect().catch(() => undefined);
    client.disconnect();
    // A worker that ends late would connect its blocking connection once more.
    client.connect = () => Promise.reject(new Error('Connection is closed.'));
  });
}

/**
 * Loaded when the first connection is made: a host whose queue is on PostgreSQL need not install it.
 * @throws Error that says what to install
 */
function redisClass(): typeof Redis {
  try {
    return (createRequire(import.meta.url)('ioredis') as { Redis: typeof Redis }).Redis;
  } catch (cause) {
    throw new Error('A queue on Redis needs the package ioredis: npm install ioredis@5', { cause });
  }
}

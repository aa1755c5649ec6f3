import { performance } from 'node:perf_hooks';
import type { DataSource } from 'typeorm';
import { Clock } from '../../ports/clock.port.js';
import { SqlConnection } from './sql-connection.js';

/** How often the estimate is compared with the database again, ms. */
const REANCHOR_INTERVAL = 10_000;

/**
 * The database's time, carried on between two looks by this process's monotonic clock: neither a wrong nor a jumping
 * system clock of this machine matters.
 */
export class DatabaseClock extends Clock {
  private readonly sql: SqlConnection;
  /** Database time minus monotonic time, ms; null before the first look. */
  private offset: number | null = null;
  private latest = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(dataSource: DataSource) {
    super();
    this.sql = new SqlConnection(dataSource);
  }

  now(): number {
    if (this.offset === null) throw new Error('The database clock was not read yet: call start() first.');
    this.latest = Math.max(this.latest, Math.floor(this.offset + performance.now()));
    return this.latest;
  }

  async read(): Promise<number> {
    const asked = performance.now();
    const [row] = await this.sql.run<{ ms: string }>(
      'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
    );
    const answered = performance.now();
    const time = Number(row.ms);
    // The database looked somewhere between question and answer.
    this.offset = time - (asked + answered) / 2;
    return Math.floor(time);
  }

  /** Looks at the database's clock now and then again and again. */
  async start(): Promise<void> {
    await this.read();
    this.timer ??= setInterval(() => void this.read().catch(() => undefined), REANCHOR_INTERVAL);
    this.timer.unref();
  }

  /** Nest's hook: nothing asks for the time after the end. */
  onApplicationShutdown(): void {
    this.stop();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

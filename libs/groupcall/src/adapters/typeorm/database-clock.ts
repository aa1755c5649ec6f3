import { performance } from 'node:perf_hooks';
import type { DataSource } from 'typeorm';
import { Clock } from '../../ports/clock.port.js';
import { dialectOf } from './dialect.js';
import { MysqlConnections } from './mysql/mysql-connections.js';
import { NOW_MS } from './mysql/now.js';
import { SqlConnection } from './postgres/sql-connection.js';

/** How often the estimate is compared with the database again, ms. */
const REANCHOR_INTERVAL = 10_000;
/** ms; a reply within this time is believed at once: nothing can have been in its way for long. */
const PROMPT_REPLY = 50;
/** ms by which two clocks may part in a ms of time: 200 ppm, several times what a bad quartz does. */
const DRIFT = 0.0002;
/** How often the database is asked at the start for a prompt reply. */
const FIRST_TRIES = 5;

/** Asks the database for its time; `ms` is epoch ms as a decimal text. */
export type AskTime = () => Promise<{ ms: string }[]>;

/** What one look at the database's clock has told. All in ms of the monotonic clock. */
interface Anchor {
  /** Database time minus monotonic time. */
  readonly offset: number;
  /** The offset is not further from the truth than this, when it was taken at `at`. */
  readonly uncertainty: number;
  readonly at: number;
}

/**
 * The database's time, carried on between two looks by this process's monotonic clock: neither a wrong nor a jumping
 * system clock of this machine matters. A look that had to wait – for a free connection, or for a busy server – says
 * little about the moment in which the database looked, so it replaces an older one only when it is still the better.
 */
export class DatabaseClock extends Clock {
  private readonly ask: AskTime;
  private anchor: Anchor | null = null;
  private latest = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param monotonic ms since any moment, never backwards */
  constructor(
    source: DataSource | AskTime,
    private readonly monotonic: () => number = () => performance.now(),
  ) {
    super();
    this.ask = typeof source === 'function' ? source : askerOf(source);
  }

  now(): number {
    if (this.anchor === null) throw new Error('The database clock was not read yet: call start() first.');
    this.latest = Math.max(this.latest, Math.floor(this.anchor.offset + this.monotonic()));
    return this.latest;
  }

  async read(): Promise<number> {
    return (await this.look()).time;
  }

  /** Looks at the database's clock now – several times when it is slow to reply – and then again and again. */
  async start(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const { roundTrip } = await this.look();
      if (roundTrip <= PROMPT_REPLY || tries === FIRST_TRIES) break;
    }
    this.timer ??= setInterval(() => void this.read().catch(() => undefined), REANCHOR_INTERVAL);
    this.timer.unref();
  }

  private async look(): Promise<{ time: number; roundTrip: number }> {
    const asked = this.monotonic();
    const [row] = await this.ask();
    const at = this.monotonic();
    const time = Number(row.ms);
    const roundTrip = at - asked;
    // The database looked somewhere between question and answer.
    const uncertainty = roundTrip / 2;
    if (roundTrip <= PROMPT_REPLY || uncertainty < this.uncertaintyAt(at))
      this.anchor = { offset: time - asked - uncertainty, uncertainty, at };
    return { time: Math.floor(time), roundTrip };
  }

  /** How wrong the present estimate may have become by now. */
  private uncertaintyAt(moment: number): number {
    if (this.anchor === null) return Infinity;
    return this.anchor.uncertainty + (moment - this.anchor.at) * DRIFT;
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

/** How this database is asked for its time, in epoch ms. */
function askerOf(dataSource: DataSource): AskTime {
  if (dialectOf(dataSource) === 'mysql') {
    const connections = new MysqlConnections(dataSource);
    return () => connections.read(`SELECT ${NOW_MS} AS ms`);
  }
  const sql = new SqlConnection(dataSource);
  return () => sql.run('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
}

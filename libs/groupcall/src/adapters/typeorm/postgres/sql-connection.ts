import type { DataSource } from 'typeorm';
import { inTime } from '../in-time.js';
import type { Prepared } from './prepared.js';
import { STATEMENT_DEADLINE } from '../time-limits.js';

/** What we use of a pooled `pg` client. */
interface PooledClient {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
  query(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
  release(destroy?: boolean): void;
  /** Which statements it takes for prepared. */
  readonly connection?: { readonly parsedStatements?: Record<string, string> };
  on(event: 'error', listener: () => void): void;
  off(event: 'error', listener: () => void): void;
}

interface ClientPool {
  connect(): Promise<PooledClient>;
  on(event: 'connect', listener: (client: PooledClient) => void): void;
}

const ignore = () => undefined;
const INVALID_STATEMENT_NAME = '26000';
const guarded = new WeakSet<ClientPool>();

/**
 * A connection that the server ends in the very moment in which it is made belongs to nobody yet: without a listener
 * of its own, its error would end the process.
 */
function guard(pool: ClientPool): void {
  if (guarded.has(pool)) return;
  guarded.add(pool);
  pool.on('connect', (client) => client.on('error', ignore));
}

/**
 * Single statements, each its own transaction, over the DataSource's pool. A connection whose statement failed in a
 * doubtful way or did not answer in time is destroyed, never given back: the next borrower would inherit what the
 * server still does for us (RELIABILITY D3).
 */
export class SqlConnection {
  /** Which plan of a statement each connection has. */
  private readonly preparedOn = new WeakMap<PooledClient, Map<Prepared, string>>();

  constructor(
    private readonly dataSource: DataSource,
    /** ms for one statement, and for a free connection. */
    private readonly deadline = STATEMENT_DEADLINE,
  ) {}

  /** @throws the driver's error; `code` is an SQLSTATE when the server answered. Without it the outcome is unknown. */
  run<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.query((client) => client.query(text, values));
  }

  /**
   * The same for what is executed again and again.
   * @param rows about how many it writes or looks for
   */
  runPrepared<Row>(statement: Prepared, values: unknown[], rows = 1): Promise<Row[]> {
    return this.query(async (client) => {
      const name = statement.name(rows);
      await this.forgetOld(client, statement, name);
      const start = performance.now();
      try {
        return await client.query({ name, text: statement.text, values });
      } finally {
        statement.took(performance.now() - start);
      }
    });
  }

  /** A connection keeps every plan that it has made, until it is told not to. */
  private async forgetOld(client: PooledClient, statement: Prepared, name: string): Promise<void> {
    let names = this.preparedOn.get(client);
    if (!names) this.preparedOn.set(client, (names = new Map<Prepared, string>()));
    const old = names.get(statement);
    if (old === name) return;
    names.set(statement, name);
    const known = client.connection?.parsedStatements;
    if (old === undefined || known?.[old] === undefined) return;
    // Whoever else uses it prepares it again.
    delete known[old];
    await client.query(`DEALLOCATE "${old}"`, []).catch((error: unknown) => {
      // Whoever is between us and the server may have forgotten it already.
      if (sqlState(error) !== INVALID_STATEMENT_NAME) throw error;
    });
  }

  private async query<Row>(ask: (client: PooledClient) => Promise<{ rows: unknown[] }>): Promise<Row[]> {
    const client = await this.borrow();
    // Without a listener a connection that breaks while it is borrowed ends the process.
    client.on('error', ignore);
    let doubtful = true;
    try {
      const { rows } = await inTime(ask(client), this.deadline);
      doubtful = false;
      return rows as Row[];
    } catch (error) {
      doubtful = !isServerAnswer(error);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(doubtful);
    }
  }

  private borrow(): Promise<PooledClient> {
    const pool = (this.dataSource.driver as unknown as { master?: ClientPool }).master;
    if (!pool || typeof pool.connect !== 'function') {
      throw new Error('Groupcall needs an initialised TypeORM DataSource of type "postgres".');
    }
    guard(pool);
    const waiting = pool.connect();
    return inTime(waiting, this.deadline).catch((error: unknown) => {
      // A client that comes after all belongs back in the pool.
      void waiting.then(
        (client) => client.release(),
        () => undefined,
      );
      throw error;
    });
  }
}

/** The SQLSTATE of an error that the server itself has told, else undefined. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

/**
 * The server has undone the statement because of the values in it: class 22 (what is not text, too long, out of range)
 * and class 23 (a constraint). The same again would fail again.
 */
export function blamesData(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '');
}

/** The statement has failed and is over; class 57 and 08 mean that the connection is going down. */
function isServerAnswer(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !state.startsWith('57P') && !state.startsWith('08');
}

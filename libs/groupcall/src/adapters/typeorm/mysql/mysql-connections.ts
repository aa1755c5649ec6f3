import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { inTime } from '../in-time.js';
import { STATEMENT_DEADLINE } from '../time-limits.js';
import { CommitUnknownError, isServerAnswer, isVictim, RollbackFailedError } from './mysql-errors.js';

/** What we use of a pooled `mysql2` connection. */
interface PooledConnection {
  readonly threadId: number;
  query(text: string, done: (error: Error | null, result: unknown) => void): void;
  execute(text: string, values: unknown[], done: (error: Error | null, result: unknown) => void): void;
  release(): void;
  destroy(): void;
  on(event: 'error', listener: () => void): void;
}

interface MysqlDriver {
  obtainMasterConnection?(): Promise<PooledConnection>;
}

/** Runs one statement; numbers that do not fit an int come back as text. */
export interface Sql {
  <Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** @returns how many rows a statement has matched */
  change(text: string, values?: unknown[]): Promise<number>;
}

/** `write`: everybody's newest commits, statement by statement. `snapshot`: one moment for all statements. */
export type TransactionKind = 'write' | 'snapshot';

/** s that one statement may wait for a lock; the server's default of 50 would keep our own locks as long. */
const LOCK_WAIT_TIMEOUT = 3;
const MOST_ATTEMPTS = 8;

const ignore = () => undefined;
const guarded = new WeakSet<PooledConnection>();

/**
 * Short transactions of our own over the DataSource's pool (RELIABILITY D3, 2.3). A connection goes back to the pool
 * only when the end of its transaction is known; else it is destroyed, because the next borrower would commit what is
 * left. Every try is a new transaction, READ COMMITTED, so that it sees what made the last one fail.
 */
export class MysqlConnections {
  constructor(
    private readonly dataSource: DataSource,
    private readonly deadline = STATEMENT_DEADLINE,
  ) {}

  /** One statement that only reads. */
  read<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.borrowed((connection) => sqlOn(connection)<Row>(text, values));
  }

  /**
   * Runs `work` in a transaction, again from the start when it was the victim of a deadlock.
   * @throws the driver's error; the transaction is then undone, or – {@link CommitUnknownError}, a lost connection, the
   * deadline – its outcome is not known
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>, kind: TransactionKind = 'write'): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let spread = 0;
      try {
        return await this.borrowed((connection) => {
          spread = connection.threadId % 10;
          return inTransaction(connection, work, kind);
        });
      } catch (error) {
        if (!isVictim(error) || attempt >= MOST_ATTEMPTS) throw error;
        // Connections have different numbers: those who met do not meet again.
        await delay(attempt * (2 + spread));
      }
    }
  }

  private async borrowed<T>(use: (connection: PooledConnection) => Promise<T>): Promise<T> {
    const started = performance.now();
    const connection = await this.borrow();
    guard(connection);
    let doubtful = true;
    try {
      const result = await inTime(use(connection), this.deadline, started);
      doubtful = false;
      return result;
    } catch (error) {
      doubtful = !isServerAnswer(error);
      throw error;
    } finally {
      if (doubtful) connection.destroy();
      else connection.release();
    }
  }

  private borrow(): Promise<PooledConnection> {
    const driver = this.dataSource.driver as unknown as MysqlDriver;
    const waiting = driver.obtainMasterConnection?.();
    if (!waiting) throw new Error('Groupcall needs an initialised TypeORM DataSource.');
    return inTime(waiting, this.deadline).catch((error: unknown) => {
      // A connection that comes after all belongs back in the pool.
      waiting.then((connection) => connection.release(), ignore);
      throw error;
    });
  }
}

/** The pool listens for the first error only: without another listener the second one would end the process. */
function guard(connection: PooledConnection): void {
  if (guarded.has(connection)) return;
  guarded.add(connection);
  connection.on('error', ignore);
}

async function inTransaction<T>(
  connection: PooledConnection,
  work: (sql: Sql) => Promise<T>,
  kind: TransactionKind,
): Promise<T> {
  const level = kind === 'snapshot' ? 'REPEATABLE READ, READ ONLY' : 'READ COMMITTED';
  await command(connection, `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_TIMEOUT}`);
  // Counts for the next transaction only: what a host uses the connection for goes on as before.
  await command(connection, `SET TRANSACTION ISOLATION LEVEL ${level}`);
  await command(connection, 'START TRANSACTION');
  let result: T;
  try {
    result = await work(sqlOn(connection));
  } catch (error) {
    await command(connection, 'ROLLBACK').catch((cause: unknown) => {
      throw new RollbackFailedError(`The transaction could not be undone after: ${String(error)}`, { cause });
    });
    throw error;
  }
  await command(connection, 'COMMIT').catch((cause: unknown) => {
    throw new CommitUnknownError(`COMMIT was not confirmed: ${String(cause)}`, { cause });
  });
  return result;
}

function sqlOn(connection: PooledConnection): Sql {
  const execute = <Result>(text: string, values: unknown[] = []) =>
    new Promise<Result>((resolve, reject) => {
      connection.execute(text, values, (error, result) =>
        error ? reject(error) : resolve(result as Result),
      );
    });
  const change = async (text: string, values?: unknown[]) =>
    (await execute<{ affectedRows: number }>(text, values)).affectedRows;
  return Object.assign(<Row>(text: string, values?: unknown[]) => execute<Row[]>(text, values), { change });
}

function command(connection: PooledConnection, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(text, (error) => (error ? reject(error) : resolve()));
  });
}

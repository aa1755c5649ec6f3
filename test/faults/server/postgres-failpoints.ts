import { setTimeout as delay } from 'node:timers/promises';
import { around } from './decorate.js';
import { DELAY, InjectedFault, InjectedServerError, type Action, type Failpoints } from './failpoints.js';

interface Result {
  rows: unknown[];
}

interface Client {
  query(asked: string | { text: string }, values?: unknown[]): Promise<Result>;
}

interface Pool {
  connect(...callback: unknown[]): Promise<Client>;
}

/** Stands only in the statement that commits: it is the whole transaction, so its inside can only be reached by taking it apart. */
const COMMIT = /\bturn AS MATERIALIZED/;
/** Longer than anybody waits, ms. */
const LONG = 60_000;

/** F4 to F7 lie inside the commit statement, between our process and PostgreSQL. */
export function installPostgresFailpoints(pool: Pool, points: Failpoints): void {
  const connect: Pool['connect'] = pool.connect.bind(pool);
  pool.connect = (...callback) => {
    if (callback.length > 0) return connect(...callback);
    return connect().then((client) =>
      around(client, {
        query: (statement, [asked]) =>
          COMMIT.test(typeof asked === 'string' ? asked : asked.text)
            ? new CommitFailpoints(client, points, statement).run()
            : statement(),
      }),
    );
  };
}

class CommitFailpoints {
  constructor(
    private readonly client: Client,
    private readonly points: Failpoints,
    private readonly statement: () => Promise<Result>,
  ) {}

  async run(): Promise<Result> {
    const afterBegin = this.points.consume('F4');
    if (afterBegin) return this.apart(afterBegin, 'F4');
    const inside = this.points.consume('F5');
    if (inside) return this.inside(inside);
    const beforeCommit = this.points.consume('F6');
    if (beforeCommit) return this.apart(beforeCommit, 'F6');
    return this.points.after('F7', this.statement);
  }

  /** BEGIN and COMMIT by themselves: F4 after the one, F6 before the other, all locks held. */
  private async apart(action: Action, point: 'F4' | 'F6'): Promise<Result> {
    await this.client.query('BEGIN');
    let result = point === 'F6' ? await this.statement() : undefined;
    if (action === 'kill') this.points.kill(point);
    if (action === 'hang') return new Promise<never>(() => undefined);
    if (action === 'delay') await delay(DELAY);
    if (action === 'throw') {
      await this.client.query('ROLLBACK');
      throw new InjectedServerError(`${point}: the server has rolled back`);
    }
    try {
      result ??= await this.statement();
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    }
    await this.client.query('COMMIT');
    if (action === 'throw_after_success')
      throw new InjectedFault(`${point}: committed, but the reply is lost`);
    return result;
  }

  /**
   * F5: in the middle of the statement, after the compare-and-set and before the outbox row. A trigger of the
   * laboratory's database does there what its session has been told.
   */
  private async inside(action: Action): Promise<Result> {
    const orders: Partial<Record<Action, string>> = {
      throw: 'raise',
      hang: String(LONG),
      delay: String(DELAY),
      // The server notices nobody's death: it finishes the statement and commits.
      kill: '600',
    };
    await this.client.query("SELECT set_config('faults.inside', $1, false)", [orders[action] ?? '']);
    const running = this.statement();
    if (action === 'kill') {
      running.catch(() => undefined);
      // Until the statement has arrived and waits in the trigger, with its locks held.
      await delay(150);
      this.points.kill('F5');
    }
    const result = await running.finally(() =>
      this.client.query("SELECT set_config('faults.inside', '', false)"),
    );
    if (action === 'throw_after_success') throw new InjectedFault('F5: committed, but the reply is lost');
    return result;
  }
}

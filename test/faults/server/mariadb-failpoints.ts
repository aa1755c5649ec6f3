import { setTimeout as delay } from 'node:timers/promises';
import { around } from './decorate.js';
import { DELAY, InjectedFault, type Action, type Failpoints, type Point } from './failpoints.js';

type Done = (error: unknown, result?: unknown) => void;

interface Connection {
  query(text: string, done: Done): void;
  execute(text: string, values: unknown[], done: Done): void;
}

export interface MariaDbDriver {
  obtainMasterConnection(): Promise<Connection>;
}

/** The first statement of a turn: the look at hot rows that are there, or the insert of new ones. */
const FIRST = /^\s*(SELECT t\.root_id, t\.version\b[\s\S]*FOR UPDATE|INSERT INTO `groupcall_tree` )/;
/** The compare-and-set. */
const WRITE = /^\s*(UPDATE[\s\S]*STRAIGHT_JOIN `groupcall_tree` t\b|INSERT INTO `groupcall_tree` )/;

/** The server has chosen our transaction as the victim of a deadlock: undone, and it says so. */
class InjectedDeadlock extends InjectedFault {
  readonly errno = 1213;
  readonly sqlState = '40001';
}

/** F4 to F7: after BEGIN, after the compare-and-set, before COMMIT, and between COMMIT and its reply. */
export function installMariaDbFailpoints(driver: MariaDbDriver, points: Failpoints): void {
  const obtain = driver.obtainMasterConnection.bind(driver);
  // One decorator per connection: the engine listens to each connection once.
  const decorated = new WeakMap<Connection, Connection>();
  driver.obtainMasterConnection = async () => {
    const connection = await obtain();
    const known = decorated.get(connection) ?? decorate(connection, new TurnFailpoints(points));
    decorated.set(connection, known);
    return known;
  };
}

function decorate(connection: Connection, turn: TurnFailpoints): Connection {
  return around(connection, {
    // TypeORM's own queries have parameters; BEGIN and COMMIT have none.
    query: (proceed, [text, done]) =>
      typeof done === 'function' ? turn.pass(text, done, (then) => connection.query(text, then)) : proceed(),
    execute: (_proceed, [text, values, done]) =>
      turn.pass(text, done, (then) => connection.execute(text, values, then)),
  });
}

/** The transactions of one connection, as far as they commit turns. */
class TurnFailpoints {
  private begun = false;
  private written = false;
  private loseCommit = false;

  constructor(private readonly points: Failpoints) {}

  pass(text: string, done: Done, send: (done: Done) => void): void {
    void this.run(text, () => promised(send)).then(
      (result) => done(null, result),
      (error: unknown) => done(error),
    );
  }

  private async run(text: string, send: () => Promise<unknown>): Promise<unknown> {
    if (text === 'START TRANSACTION' || text === 'ROLLBACK') this.reset();
    if (text === 'COMMIT') return this.commit(send);
    if (!this.begun && FIRST.test(text)) {
      this.begun = true;
      await this.at('F4');
    }
    const result = await send();
    if (!this.written && WRITE.test(text)) {
      this.written = true;
      await this.at('F5');
    }
    return result;
  }

  private async commit(send: () => Promise<unknown>): Promise<unknown> {
    if (!this.written) return send();
    await this.at('F6');
    const lost = this.loseCommit;
    this.reset();
    if (!lost) return this.points.after('F7', send);
    await send();
    throw new InjectedFault('committed, but the reply is lost');
  }

  /** In the middle of the transaction, its locks held. */
  private async at(point: Point): Promise<void> {
    const action: Action | null = this.points.consume(point);
    if (action === 'kill') this.points.kill(point);
    if (action === 'hang') await new Promise<never>(() => undefined);
    if (action === 'delay') await delay(DELAY);
    if (action === 'throw') throw new InjectedDeadlock(`${point}: the server has rolled back`);
    if (action === 'throw_after_success') this.loseCommit = true;
  }

  private reset(): void {
    this.begun = false;
    this.written = false;
    this.loseCommit = false;
  }
}

function promised(send: (done: Done) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    send((error, result) => (error instanceof Error ? reject(error) : resolve(result)));
  });
}

import type { DataSource } from 'typeorm';
import { MysqlConnections, type Sql } from './mysql-connections.js';
import { CommitUnknownError } from './mysql-errors.js';

type Reply = (error: Error | null, result?: unknown) => void;

const serverError = (errno: number) =>
  Object.assign(new Error(`error ${errno}`), { errno, sqlState: 'HY000' });
const DEADLOCK = serverError(1213);
const LOCK_WAIT = serverError(1205);
const READ_ONLY = serverError(1290);
const LOST = Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST' });

/** What a connection was asked, and what became of it. */
class FakeConnection {
  readonly asked: string[] = [];
  readonly threadId = 7;
  end: 'borrowed' | 'released' | 'destroyed' = 'borrowed';

  /** @param answers by the first word of a statement: an error, or never an answer */
  constructor(private readonly answers: Record<string, Error | 'never'> = {}) {}

  query(text: string, done: Reply): void {
    const word = text.split(' ')[0];
    if (word !== 'SET' && word !== 'START') this.asked.push(text);
    const answer = this.answers[word];
    if (answer === 'never') return;
    queueMicrotask(() => (answer ? done(answer) : done(null, [])));
  }
  execute(text: string, _values: unknown[], done: Reply): void {
    this.query(text, done);
  }
  release(): void {
    this.end = 'released';
  }
  destroy(): void {
    this.end = 'destroyed';
  }
  on(): void {}
}

function poolOf(...connections: (FakeConnection | Promise<FakeConnection>)[]): MysqlConnections {
  const left = [...connections];
  const driver = { obtainMasterConnection: () => Promise.resolve(left.shift()) };
  return new MysqlConnections({ driver } as unknown as DataSource, 50);
}

const work = async (sql: Sql) => {
  await sql('FIRST');
  await sql('SECOND');
  return 'done';
};

describe('A transaction on MySQL', () => {
  it('is committed, and its connection given back', async () => {
    const connection = new FakeConnection();
    expect(await poolOf(connection).transaction(work)).toBe('done');
    expect(connection).toMatchObject({ asked: ['FIRST', 'SECOND', 'COMMIT'], end: 'released' });
  });

  it('is undone as a whole when a statement fails, also when the server has undone only that one', async () => {
    const connection = new FakeConnection({ SECOND: LOCK_WAIT });
    await expect(poolOf(connection).transaction(work)).rejects.toBe(LOCK_WAIT);
    expect(connection).toMatchObject({ asked: ['FIRST', 'SECOND', 'ROLLBACK'], end: 'released' });
  });

  it('is tried again in a new transaction when it was the victim of a deadlock', async () => {
    const [victim, second] = [new FakeConnection({ SECOND: DEADLOCK }), new FakeConnection()];
    expect(await poolOf(victim, second).transaction(work)).toBe('done');
    expect(victim).toMatchObject({ asked: ['FIRST', 'SECOND', 'ROLLBACK'], end: 'released' });
    expect(second).toMatchObject({ asked: ['FIRST', 'SECOND', 'COMMIT'], end: 'released' });
  });

  it('is given up when it is the victim again and again', async () => {
    const victims = Array.from({ length: 20 }, () => new FakeConnection({ FIRST: DEADLOCK }));
    await expect(poolOf(...victims).transaction(work)).rejects.toBe(DEADLOCK);
    expect(victims.filter(({ end }) => end === 'released')).toHaveLength(8);
  });

  it('is unknown when COMMIT fails: never tried again, and its connection is destroyed', async () => {
    for (const error of [LOST, DEADLOCK]) {
      const [connection, unused] = [new FakeConnection({ COMMIT: error }), new FakeConnection()];
      await expect(poolOf(connection, unused).transaction(work)).rejects.toThrow(CommitUnknownError);
      expect(connection).toMatchObject({ asked: ['FIRST', 'SECOND', 'COMMIT'], end: 'destroyed' });
      expect(unused.asked).toEqual([]);
    }
  });

  it('that cannot be undone takes its connection with it', async () => {
    const connection = new FakeConnection({ SECOND: LOCK_WAIT, ROLLBACK: LOST });
    await expect(poolOf(connection).transaction(work)).rejects.toThrow('could not be undone');
    expect(connection.end).toBe('destroyed');
  });

  it.each(['FIRST', 'COMMIT', 'ROLLBACK'])(
    'whose %s is never answered ends at the deadline',
    async (word) => {
      const connection = new FakeConnection({ SECOND: LOCK_WAIT, [word]: 'never' });
      const quick = word === 'COMMIT' ? async (sql: Sql) => String(await sql('FIRST')) : work;
      await expect(poolOf(connection).transaction(quick)).rejects.toThrow('did not answer within 50 ms');
      expect(connection.end).toBe('destroyed');
    },
  );

  it('does not go back to a server that has become read-only', async () => {
    const connection = new FakeConnection({ SECOND: READ_ONLY });
    await expect(poolOf(connection).transaction(work)).rejects.toBe(READ_ONLY);
    expect(connection.end).toBe('destroyed');
  });
});

describe('Borrowing a connection', () => {
  it('ends at the deadline, and one that comes after all goes back to the pool', async () => {
    const connection = new FakeConnection();
    let arrive: (late: FakeConnection) => void = () => undefined;
    const late = new Promise<FakeConnection>((resolve) => (arrive = resolve));
    await expect(poolOf(late).read('FIRST')).rejects.toThrow('did not answer within 50 ms');
    arrive(connection);
    await new Promise(setImmediate);
    expect(connection).toMatchObject({ asked: [], end: 'released' });
  });
});

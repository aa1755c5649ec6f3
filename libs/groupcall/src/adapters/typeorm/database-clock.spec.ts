import { DatabaseClock } from './database-clock.js';

/** Database time when the monotonic clock of this process is 0. */
const EPOCH = Date.UTC(2026, 0, 1);

/** A database whose replies take as long as is said, and look at its clock at the very beginning or end of it. */
function slowDatabase() {
  let monotonic = 0;
  /** ms by which the database's clock is ahead of what it was at first. */
  let ahead = 0;
  const replies: { before: number; after: number }[] = [];
  let asked = 0;
  const clock = new DatabaseClock(
    () => {
      asked += 1;
      const { before, after } = replies.shift() ?? { before: 1, after: 1 };
      monotonic += before;
      const ms = String(EPOCH + ahead + monotonic);
      monotonic += after;
      return Promise.resolve([{ ms }]);
    },
    () => monotonic,
  );
  return {
    clock,
    /** @param before ms until the database looks; @param after ms from there until its reply is here */
    replies: (before: number, after: number) => replies.push({ before, after }),
    pass: (ms: number) => (monotonic += ms),
    step: (ms: number) => (ahead += ms),
    error: () => clock.now() - (EPOCH + ahead + monotonic),
    asked: () => asked,
  };
}

describe('The database clock', () => {
  const clocks: DatabaseClock[] = [];
  afterEach(() => clocks.splice(0).forEach((clock) => clock.stop()));
  const started = async (database: ReturnType<typeof slowDatabase>) => {
    clocks.push(database.clock);
    await database.clock.start();
  };

  it('does not believe a reply that had to wait for a connection, when it knows better', async () => {
    const database = slowDatabase();
    await started(database);
    expect(Math.abs(database.error())).toBeLessThanOrEqual(1);
    database.pass(10_000);
    database.replies(4_000, 1);
    await database.clock.read();
    expect(Math.abs(database.error())).toBeLessThanOrEqual(1);
  });

  it('tells what the database has said, even when it does not believe how long it took', async () => {
    const database = slowDatabase();
    await started(database);
    database.replies(4_000, 1);
    const before = database.clock.now();
    expect(await database.clock.read()).toBe(before + 4_000);
  });

  it('takes the best of a few looks at the start', async () => {
    const database = slowDatabase();
    database.replies(3_000, 0);
    database.replies(0, 900);
    database.replies(200, 0);
    await started(database);
    expect(database.asked()).toBe(4);
    expect(Math.abs(database.error())).toBeLessThanOrEqual(1);
  });

  it('starts with the best it got when every reply is slow', async () => {
    const database = slowDatabase();
    for (const ms of [3_000, 400, 120, 900, 2_000, 2_000]) database.replies(ms, 0);
    await started(database);
    expect(database.asked()).toBe(5);
    expect(Math.abs(database.error())).toBeLessThanOrEqual(61);
  });

  it('believes a slow reply when what it knows is older and worse', async () => {
    const database = slowDatabase();
    for (let tries = 0; tries < 5; tries += 1) database.replies(2_000, 0);
    await started(database);
    expect(database.error()).toBeGreaterThan(900);
    database.pass(5_000);
    database.replies(0, 300);
    await database.clock.read();
    expect(Math.abs(database.error())).toBeLessThanOrEqual(150);
    // Half an hour later 150 ms are no longer what they were.
    database.pass(1_800_000);
    database.step(100);
    database.replies(200, 200);
    await database.clock.read();
    expect(database.error()).toBe(0);
  });

  it('follows a database whose clock was changed with the next prompt reply', async () => {
    const database = slowDatabase();
    await started(database);
    database.step(300_000);
    database.replies(1, 1);
    await database.clock.read();
    expect(Math.abs(database.error())).toBeLessThanOrEqual(1);
  });

  it('never goes backwards', async () => {
    const database = slowDatabase();
    await started(database);
    const before = database.clock.now();
    database.step(-60_000);
    await database.clock.read();
    expect(database.clock.now()).toBe(before);
  });

  it('has no time before it was read', () => {
    expect(() => slowDatabase().clock.now()).toThrow('call start() first');
  });
});

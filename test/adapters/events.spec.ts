import { randomUUID } from 'node:crypto';
import type { PublicEvent } from '@groupcall/groupcall';
import { ManualClock } from '@groupcall/groupcall/testing';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { EventCursor } from '../../apps/api/src/events/event-cursor.js';
import { EventLogSink } from '../../apps/api/src/events/event-log-sink.js';
import { EventLog, type LoggedEvent } from '../../apps/api/src/events/event-log.js';
import { EventRetention } from '../../apps/api/src/events/event-retention.js';
import { EventTail } from '../../apps/api/src/events/event-tail.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventOf, openEventsDatabase } from './events.environment.js';

let database: TestDatabase;
let dataSource: DataSource;
let log: EventLog;
let tail: EventTail;
let customerId: string;
const clock = new ManualClock();
const everything = Number.MAX_SAFE_INTEGER;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  dataSource = await openEventsDatabase(database.url);
  log = new EventLog(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => {
  customerId = randomUUID();
  tail = new EventTail(log);
});
afterEach(() => tail.onModuleDestroy());

const readAll = (ownerId: string | null = null) =>
  log.read({ customerId, ownerId, after: 0, upTo: everything }, 10_000);
const idsOf = (events: readonly LoggedEvent[]) =>
  events.map(({ payload }) => (JSON.parse(payload) as PublicEvent).id);

/** Connections to this database that wait for an advisory lock. */
async function waitingForLocks(): Promise<number> {
  const [{ waiters }] = await dataSource.query<{ waiters: number }[]>(
    `SELECT count(*)::int AS waiters FROM pg_locks JOIN pg_database d ON d.oid = database
      WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()`,
  );
  return waiters;
}

describe('The event log', () => {
  it('keeps an event exactly as it goes over the wire, its keys in order', async () => {
    const leg = { id: randomUUID(), status: 'ringing' } as PublicEvent['leg'];
    const event = { ...eventOf(customerId), leg };
    await log.append([event], clock.now());
    const [read] = await readAll();
    expect(read.type).toBe('groupcall_created');
    expect(JSON.parse(read.payload)).toEqual(event);
    expect(read.payload).toBe(JSON.stringify(event));
    expect(read.payload).not.toContain('\n');
  });

  it('keeps an event once, however often it is delivered, alone or among others', async () => {
    const [first, second] = [eventOf(customerId), eventOf(customerId)];
    const sink = new EventLogSink(log, tail, clock);
    await Promise.all([sink.deliver(first), sink.deliver(second), sink.deliver(first)]);
    await sink.deliver(first);
    expect(idsOf(await readAll())).toEqual([first.id, second.id]);
  });

  it('gives positions in the order of delivery', async () => {
    const sink = new EventLogSink(log, tail, clock);
    const events = Array.from({ length: 700 }, (_, index) => eventOf(customerId, { sequence: index }));
    await Promise.all(events.map((event) => sink.deliver(event)));
    expect(idsOf(await readAll())).toEqual(events.map(({ id }) => id));
  });

  it('shows each customer only its own, and an agent only what that agent owns', async () => {
    const [agentId, stranger] = [randomUUID(), randomUUID()];
    const [mine, others, foreign] = [
      eventOf(customerId, { ownerId: agentId }),
      eventOf(customerId),
      eventOf(stranger, { ownerId: agentId }),
    ];
    await log.append([mine, others, foreign], clock.now());
    expect(idsOf(await readAll())).toEqual([mine.id, others.id]);
    expect(idsOf(await readAll(agentId))).toEqual([mine.id]);
  });

  it('makes a writer wait for the one before, so that no position appears behind a reader', async () => {
    const [early, late] = [eventOf(customerId), eventOf(customerId)];
    const slow = dataSource.createQueryRunner();
    let waiting: Promise<void> | undefined;
    try {
      await slow.startTransaction();
      await new EventLog(slow as unknown as DataSource).append([early], clock.now());
      waiting = log.append([late], clock.now());
      await eventually(async () => expect(await waitingForLocks()).toBe(1), { timeout: 2_000 });
      expect(await readAll()).toEqual([]);
      await slow.commitTransaction();
    } finally {
      // Ends the transaction whatever became of it.
      if (slow.isTransactionActive) await slow.rollbackTransaction();
      await slow.release();
      await waiting;
    }
    expect(idsOf(await readAll())).toEqual([early.id, late.id]);
  });

  it('is read completely by somebody who goes on after the last position seen, while everybody writes', async () => {
    const written = Array.from({ length: 300 }, () => eventOf(customerId));
    let open = written.length;
    const writers = written.map((event) => log.append([event], clock.now()).finally(() => (open -= 1)));
    const seen: string[] = [];
    for (let position = 0, last = false; !last;) {
      last = open === 0;
      const page = await log.read({ customerId, ownerId: null, after: position, upTo: everything }, 50);
      seen.push(...idsOf(page));
      position = page.at(-1)?.position ?? position;
      last &&= page.length === 0;
    }
    await Promise.all(writers);
    expect(seen.sort()).toEqual(written.map(({ id }) => id).sort());
  });

  it('forgets what is older than a day, and nothing else', async () => {
    await dataSource.query('TRUNCATE event_log');
    const old = Array.from({ length: 2_500 }, () => eventOf(customerId));
    await log.append(old, clock.now());
    await clock.advance(24 * 60 * 60 * 1_000);
    const young = eventOf(customerId);
    await log.append([young], clock.now());
    const retention = new EventRetention(log, clock);
    expect(await retention.removeOld()).toBe(0);
    await clock.advance(1);
    expect(await retention.removeOld()).toBe(2_500);
    expect(idsOf(await readAll())).toEqual([young.id]);
  });
});

describe('A reader of the events', () => {
  /** Follows the events from somewhere on. */
  async function follow(after: number | null, ownerId: string | null = null) {
    const cursor = new EventCursor(log, tail, { customerId, ownerId });
    await cursor.open(after);
    const ending = new AbortController();
    const got: string[] = [];
    const finished = (async () => {
      for await (const page of cursor.pages(ending.signal)) got.push(...idsOf(page));
    })();
    return {
      got,
      finished,
      stop: async () => {
        ending.abort();
        await finished;
        cursor.close();
      },
    };
  }

  it('without a place to resume gets what comes next, and nothing before', async () => {
    await log.append([eventOf(customerId)], clock.now());
    const reader = await follow(null);
    const next = eventOf(customerId);
    await new EventLogSink(log, tail, clock).deliver(next);
    await eventually(() => expect(reader.got).toEqual([next.id]));
    await reader.stop();
  });

  it('is told of what other processes write', async () => {
    const reader = await follow(null);
    const [one, two] = [eventOf(customerId), eventOf(customerId)];
    await log.append([one], clock.now());
    await eventually(() => expect(reader.got).toEqual([one.id]));
    await log.append([two], clock.now());
    await eventually(() => expect(reader.got).toEqual([one.id, two.id]));
    await reader.stop();
  });

  it('resumes after the event that it saw last: all of the rest, in order, over many pages, and then goes on', async () => {
    const events = Array.from({ length: 451 }, () => eventOf(customerId));
    await log.append(events, clock.now());
    const [first] = await readAll();
    const reader = await follow(first.position);
    const expected = events.slice(1).map(({ id }) => id);
    await eventually(() => expect(reader.got).toEqual(expected));
    const next = eventOf(customerId);
    await new EventLogSink(log, tail, clock).deliver(next);
    await eventually(() => expect(reader.got).toEqual([...expected, next.id]));
    await reader.stop();
  });

  it('who is an agent gets that agent’s events from among many others', async () => {
    const agentId = randomUUID();
    const events = Array.from({ length: 500 }, (_, index) =>
      eventOf(customerId, index % 50 === 0 ? { ownerId: agentId } : {}),
    );
    const reader = await follow(null, agentId);
    await log.append(events, clock.now());
    const mine = events.filter(({ data }) => data.owner_id === agentId).map(({ id }) => id);
    await eventually(() => expect(reader.got).toEqual(mine));
    await reader.stop();
  });

  it('who resumes beyond the end of the log gets what comes next', async () => {
    const reader = await follow((await log.lastPosition()) + 1_000_000);
    const next = eventOf(customerId);
    await new EventLogSink(log, tail, clock).deliver(next);
    await eventually(() => expect(reader.got).toEqual([next.id]));
    await reader.stop();
  });

  it('is not told of other customers’ events, nor woken by them', async () => {
    const reader = await follow(null);
    const reads = jest.spyOn(log, 'read');
    const own = eventOf(customerId);
    await log.append([eventOf(randomUUID())], clock.now());
    await log.append([own], clock.now());
    await eventually(() => expect(reader.got).toEqual([own.id]));
    expect(reads.mock.calls.every(([range]) => range.customerId === customerId)).toBe(true);
    reads.mockRestore();
    await reader.stop();
  });

  it('outlives a database that does not answer for a while', async () => {
    const reader = await follow(null);
    const looks = jest.spyOn(log, 'changesSince').mockRejectedValue(new Error('connection refused'));
    const event = eventOf(customerId);
    await new EventLogSink(log, tail, clock).deliver(event);
    await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(1));
    looks.mockRestore();
    await eventually(() => expect(reader.got).toEqual([event.id]));
    await reader.stop();
  });
});

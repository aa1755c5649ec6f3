import { Writable } from 'node:stream';
import type { Response } from 'express';
import type { LoggedEvent } from './event-log.js';
import { sendEvents } from './event-response.js';

/** A reader's connection: takes what is written when told to. */
class Connection extends Writable {
  readonly taken: string[] = [];
  private next: (() => void) | null = null;
  private open = true;

  constructor() {
    super({ highWaterMark: 1_000, decodeStrings: false });
  }

  status(): this {
    return this;
  }

  set(): this {
    return this;
  }

  /** From now on nothing is taken any more. */
  stall(): void {
    this.open = false;
  }

  goOn(): void {
    this.open = true;
    this.next?.();
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    const take = () => {
      this.taken.push(chunk);
      done();
    };
    if (this.open) take();
    else this.next = take;
  }
}

const event = (position: number, size = 10): LoggedEvent => ({
  position,
  type: 't',
  payload: 'x'.repeat(size),
});

/** Pages that count how often they were asked for, and then wait until aborted. */
function pagesOf(pages: LoggedEvent[][], signal: AbortSignal) {
  const asked = { times: 0 };
  async function* generate() {
    for (const page of pages) {
      asked.times += 1;
      yield page;
    }
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  return { asked, pages: generate() };
}

describe('The response with events', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  function start(pagesToSend: LoggedEvent[][]) {
    const connection = new Connection();
    const ending = new AbortController();
    const { asked, pages } = pagesOf(pagesToSend, ending.signal);
    const finished = sendEvents(connection as unknown as Response, pages, ending.signal);
    return { connection, ending, asked, finished };
  }

  it('gives each event its position, type and data, and ends when told to', async () => {
    const { connection, ending, finished } = start([[event(7), event(9)]]);
    await settle();
    expect(connection.taken.slice(1)).toEqual([
      'id: 7\nevent: t\ndata: xxxxxxxxxx\n\nid: 9\nevent: t\ndata: xxxxxxxxxx\n\n',
    ]);
    ending.abort();
    await finished;
    expect(connection.writableEnded).toBe(true);
  });

  it('says every 15 seconds that it is still there, until it ends', async () => {
    const { connection, ending, finished } = start([]);
    await jest.advanceTimersByTimeAsync(45_000);
    expect(connection.taken.filter((text) => text === ': still here\n\n')).toHaveLength(3);
    ending.abort();
    await finished;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks for no more events, and sends no heartbeat, before a slow reader has taken the last ones', async () => {
    const { connection, ending, asked, finished } = start([[event(1, 2_000)], [event(2)]]);
    connection.stall();
    await settle();
    await jest.advanceTimersByTimeAsync(20_000);
    expect(asked.times).toBe(1);
    connection.goOn();
    await settle();
    expect(asked.times).toBe(2);
    expect(connection.taken.join('')).toMatch(/id: 1\n[^]*id: 2\n/);
    expect(connection.taken.join('')).not.toContain('still here');
    ending.abort();
    await finished;
  });

  it('cuts a reader off that takes nothing for 30 seconds', async () => {
    const { connection, asked, finished } = start([[event(1, 2_000)], [event(2)]]);
    connection.stall();
    await settle();
    await jest.advanceTimersByTimeAsync(29_999);
    expect(connection.destroyed).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await finished;
    expect(connection.destroyed).toBe(true);
    expect(asked.times).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});

import { GroupcallEntity } from '@groupcall/groupcall/typeorm';
import { formatTimestamp } from '@groupcall/shared';
import type { Response } from 'express';
import { In, type DataSource } from 'typeorm';
import type { EventLog, EventTail } from '../events/index.js';
import type { ConsoleChanges, ConsoleFilter, ConsoleTotals } from './console.resources.js';
import type { ConsoleList } from './console-list.js';

/** ms between two messages: a burst becomes one. */
const PAUSE = 250;
/** ms between two looks at the totals, which change without events as well. */
const TOTALS_EVERY = 2_000;
/** ms; proxies cut connections that say nothing. */
const HEARTBEAT = 15_000;
/** ms that a reader may leave our buffer full. */
const PATIENCE = 30_000;
/** Changed roots told in one message; more, and the page loads anew. */
const MOST_ROOTS = 200;

export interface ChangesReader {
  readonly filter: ConsoleFilter;
  /** Asked now and then: a session can end before its stream. */
  readonly mayGoOn: () => boolean;
  readonly ending: AbortController;
}

/**
 * Tells the console which roots have changed, as server-sent events. Events are its hint and the tables its source, so
 * nothing is resumed: who connects anew loads anew.
 */
export class ConsoleChangesStream {
  constructor(
    private readonly dataSource: DataSource,
    private readonly list: ConsoleList,
    private readonly log: EventLog,
    private readonly tail: EventTail,
    private readonly now: () => number,
  ) {}

  /** Resolves when the reader is gone or `ending` is aborted. */
  async send(response: Response, { filter, mayGoOn, ending }: ChangesReader): Promise<void> {
    const { signal } = ending;
    let upTo = 0;
    let wake: () => void = () => undefined;
    const unwatch = this.tail.watch(null, (position) => {
      upTo = Math.max(upTo, position);
      wake();
    });
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      let position = await this.log.lastPosition();
      response.status(200).set({
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
      });
      let totals = await this.list.totals();
      let saidAt = performance.now();
      const say = async (changes: Omit<ConsoleChanges, 'now' | 'totals'>) => {
        saidAt = performance.now();
        const message: ConsoleChanges = { now: formatTimestamp(this.now()), totals, ...changes };
        await write(response, `event: changes\ndata: ${JSON.stringify(message)}\n\n`, signal);
      };
      await say({ rows: [], root_ids: [], overflow: false });
      while (!signal.aborted && mayGoOn()) {
        if (upTo <= position)
          await Promise.race([new Promise<void>((done) => (wake = done)), pause(TOTALS_EVERY)]);
        if (signal.aborted) break;
        const target = upTo;
        const latest = await this.list.totals();
        if (target > position) {
          const rootIds = await this.changedRoots(position, target);
          const overflow = rootIds.length > MOST_ROOTS;
          const told = overflow ? [] : rootIds;
          totals = latest;
          await say({ rows: await this.list.some(filter, told), root_ids: told, overflow });
          position = target;
          await pause(PAUSE);
        } else if (differ(latest, totals)) {
          totals = latest;
          await say({ rows: [], root_ids: [], overflow: false });
        } else if (performance.now() - saidAt > HEARTBEAT) {
          saidAt = performance.now();
          await write(response, ': still here\n\n', signal);
        }
      }
    } finally {
      unwatch();
      response.end();
    }
  }

  private async changedRoots(after: number, upTo: number): Promise<string[]> {
    const ids = await this.log.groupcallsBetween(after, upTo, MOST_ROOTS * 5);
    if (ids.length === 0) return [];
    const found = await this.dataSource
      .getRepository(GroupcallEntity)
      .find({ select: { id: true, rootId: true }, where: { id: In(ids) } });
    return [...new Set(found.map(({ rootId }) => rootId))];
  }
}

function differ(one: ConsoleTotals, other: ConsoleTotals): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

const pause = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms).unref());

/** Resolves when the reader has taken it; a reader that does not is cut off. */
async function write(response: Response, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text) || signal.aborted) return;
  const taken = await Promise.race([
    new Promise<boolean>((done) => {
      response.once('drain', () => done(true));
      response.once('close', () => done(false));
    }),
    pause(PATIENCE).then(() => false),
  ]);
  if (!taken) response.destroy();
}

import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ApiError } from '../http/api-error.js';

/** Streams a customer may have open at one process: several browsers of every supervisor, but not a leak. */
export const MOST_STREAMS_PER_CUSTOMER = 100;
/** ms: whoever was refused sooner would find the place still taken. */
const RETRY_AFTER = 5_000;

interface OpenStream {
  readonly ending: AbortController;
  readonly finished: Promise<unknown>;
}

/** Counts the open streams, and ends them all when the server stops. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Map<string, Set<OpenStream>>();
  private stopping = false;

  /**
   * Runs a stream until it is over by itself or aborts `ending`, which happens as well when the server stops and when
   * the reader's token ends.
   * @param tokenEnd epoch ms
   * @throws ApiError RESOURCE_EXHAUSTED when the customer has too many, UNAVAILABLE when the server is stopping
   */
  async run(
    customerId: string,
    tokenEnd: number,
    stream: (ending: AbortController) => Promise<void>,
  ): Promise<void> {
    if (this.stopping) throw new ApiError('UNAVAILABLE', 'The server is stopping. Connect again.');
    const streams = this.open.get(customerId) ?? new Set();
    if (streams.size >= MOST_STREAMS_PER_CUSTOMER) {
      const message = `There are ${streams.size} event streams open. Close some and connect again.`;
      throw new ApiError('RESOURCE_EXHAUSTED', message, [], RETRY_AFTER);
    }
    this.open.set(customerId, streams);
    const ending = new AbortController();
    const stopWaiting = abortAt(ending, tokenEnd);
    const running = stream(ending);
    const entry = { ending, finished: running.catch(() => undefined) };
    streams.add(entry);
    try {
      await running;
    } finally {
      stopWaiting();
      streams.delete(entry);
      if (streams.size === 0) this.open.delete(customerId);
    }
  }

  /** Before the HTTP server is asked to close: it waits for its connections. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    const streams = [...this.open.values()].flatMap((some) => [...some]);
    for (const { ending } of streams) ending.abort();
    await Promise.all(streams.map(({ finished }) => finished));
  }
}

/** ms; a longer timer would ring at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @returns what to call when it is not to be aborted any more */
function abortAt(ending: AbortController, moment: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const left = moment - Date.now();
    if (left <= 0) ending.abort();
    else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER));
  };
  wait();
  return () => clearTimeout(timer);
}

import type { Response } from 'express';
import type { LoggedEvent } from './event-log.js';

/** ms; proxies cut connections that say nothing. */
const HEARTBEAT = 15_000;
/** ms that a reader may leave our buffer full: longer is dead, or will never catch up. */
const PATIENCE = 30_000;
/** ms after which a browser connects again by itself. */
const RECONNECT = 2_000;

/**
 * Writes events as server-sent events until the pages end. Holds one page at most: the next one is not asked for
 * before the reader has taken this one. A reader that takes nothing is cut off; it may resume.
 * @param signal of the pages: aborted when the reader is gone or the server stops
 */
export async function sendEvents(
  response: Response,
  pages: AsyncIterable<LoggedEvent[]>,
  signal: AbortSignal,
): Promise<void> {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    // Or nginx would hold the events back.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${RECONNECT}\n: here you are\n\n`);
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, HEARTBEAT);
  try {
    for await (const page of pages) {
      if (response.write(page.map(toText).join(''))) continue;
      if (!(await isTaken(response, signal))) return void response.destroy();
    }
    response.end();
  } finally {
    clearInterval(heartbeat);
  }
}

function toText({ position, type, payload }: LoggedEvent): string {
  return `id: ${position}\nevent: ${type}\ndata: ${payload}\n\n`;
}

/** False when the reader does not take it in time, is gone, or the server stops. */
function isTaken(response: Response, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (taken: boolean) => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      signal.removeEventListener('abort', onAbort);
      resolve(taken);
    };
    const onDrain = () => settle(true);
    const onAbort = () => settle(false);
    const timer = setTimeout(onAbort, PATIENCE);
    response.once('drain', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

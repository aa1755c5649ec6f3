import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to those who ask for any port: nobody else gets one between our look and its use. */
const FIRST = 10_000;
const COUNT = 20_000;
/** Processes that look at the same time, such as jest's workers, begin some way from each other. */
let next = (process.pid * 97) % COUNT;

/** A port of 127.0.0.1 that nobody listens on, and none that this process has been given lately. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

import type { RequestListener, Server as HttpServer } from 'node:http';
import { Server } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** How long requests under way may take, ms. */
const REQUEST_TIME = 2_000;

/** How often connections that have had their last request are looked for, ms. */
const LOOK_INTERVAL = 20;

/**
 * Closes in the order in which nothing is lost: no new connections, requests under way are answered, then the engine
 * finishes its turns and effects. Streams have no end of their own: they are cut, and their readers resume elsewhere.
 * @param lastRequests how long an open connection may still bring one more request, ms. A proxy that keeps connections may
 * be sending on one just when it is closed here: its caller would get a 502 and not know whether phones ring. Each of these
 * requests is served, and its answer says `Connection: close`. With none of them open nothing is waited for.
 */
export async function closeGracefully(app: INestApplication, lastRequests: number): Promise<void> {
  const server = app.getHttpServer() as HttpServer;
  const lastAnswer: RequestListener = (_, response) => response.setHeader('Connection', 'close');
  server.prependListener('request', lastAnswer);
  const cut = setTimeout(() => server.closeAllConnections(), Math.max(lastRequests, REQUEST_TIME));
  const end = performance.now() + lastRequests;
  // A connection that was busy at the first look would otherwise wait, idle, for its next request.
  const closeIdle = () => {
    if (performance.now() >= end) server.closeIdleConnections();
  };
  const idle = setInterval(closeIdle, LOOK_INTERVAL);
  try {
    await new Promise<void>((resolve) => {
      // Not http's own close: that cuts every idle connection at once.
      Server.prototype.close.call(server, () => resolve());
      closeIdle();
    });
  } finally {
    clearTimeout(cut);
    clearInterval(idle);
  }
  await app.close();
}

import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';

/** How long requests under way may take, ms. */
const REQUEST_TIME = 2_000;

/**
 * Closes in the order in which nothing is lost: no new connections, requests under way are answered, then the engine
 * finishes its turns and effects. Streams have no end of their own: they are cut, and their readers resume elsewhere.
 */
export async function closeGracefully(app: INestApplication): Promise<void> {
  const server = app.getHttpServer() as Server;
  const cut = setTimeout(() => server.closeAllConnections(), REQUEST_TIME);
  // A connection that was busy at the first look would otherwise wait, idle, for its next request.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  } finally {
    clearTimeout(cut);
    clearInterval(idle);
  }
  await app.close();
}

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import type { RequestHandler } from 'express';

/** Bull Board for the given queues. It has no login of its own: mount it behind one (RELIABILITY 4.4). */
export function queueDashboard(path: string, queues: readonly Queue[]): RequestHandler {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(path);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: {
      uiConfig: { boardTitle: 'groupcall', miscLinks: [{ text: 'Log out', url: '/admin/logout' }] },
    },
  });
  return serverAdapter.getRouter() as RequestHandler;
}

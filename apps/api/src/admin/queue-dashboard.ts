import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { ALARM_QUEUE, COMMAND_QUEUE, idsOnly } from '@groupcall/groupcall';
import { isUuid } from '@groupcall/shared';
import type { Queue } from 'bullmq';
import type { RequestHandler } from 'express';

/** What the library calls each of its alarms. */
const ALARM_JOB = 'alarm';

const DESCRIPTIONS: Record<string, string> = {
  [ALARM_QUEUE]:
    'Each alarm wakes all groupcalls with a ring deadline in its quarter of a second, and is named after one of them. Promoted too early it changes nothing and waits on, removed it is made up for.',
  [COMMAND_QUEUE]: 'Commands of services without the engine. What they say is hidden here, ids are shown.',
};

/** Bull Board for the given queues. It has no login of its own: mount it behind one (RELIABILITY 4.4). */
export function queueDashboard(path: string, queues: readonly Queue[]): RequestHandler {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(path);
  createBullBoard({
    queues: queues.map(adapterOf),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'groupcall',
        hideDocsLink: true,
        miscLinks: [
          { text: 'Console', url: '/admin/groupcalls' },
          { text: 'Log out', url: '/admin/logout' },
        ],
      },
    },
  });
  return serverAdapter.getRouter() as RequestHandler;
}

/** Ids are all that is shown of what jobs carry; people get a name and a way to the groupcall. */
function adapterOf(queue: Queue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, {
    description: DESCRIPTIONS[queue.name] ?? '',
    externalJobUrl: ({ data }) => {
      const rootId = rootIdOf(data);
      return rootId === null
        ? { href: '/admin/groupcalls', displayText: 'Console' }
        : { href: `/admin/groupcalls#/groupcalls/${rootId}`, displayText: 'Open the groupcall' };
    },
  });
  adapter.setFormatter('name', ({ name, data }: { name?: string; data?: unknown }) => {
    const rootId = name === ALARM_JOB ? rootIdOf(data) : null;
    return rootId === null ? (name ?? '') : `Ring deadline of groupcall …${rootId.slice(-8)}`;
  });
  adapter.setFormatter('data', idsOnly);
  adapter.setFormatter('returnValue', idsOnly);
  return adapter;
}

/** Anybody can put a job into the queue's server: its data may be anything. */
function rootIdOf(data: unknown): string | null {
  const { rootId } = (data ?? {}) as { rootId?: unknown };
  return isUuid(rootId) ? rootId : null;
}

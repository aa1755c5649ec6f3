import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { DataSource } from 'typeorm';
import type { GroupcallContender } from '../contenders/groupcall.js';
import { measured } from './measured.js';
import type { AlarmRequest, AlarmSample } from './protocol.js';

/** What is allowed to be missing before we stop waiting, ms after the last deadline. */
const PATIENCE = 20_000;

let queueOperations = 0;
let counting = false;

/** Counts what is asked of any queue of this process: adding, removing, promoting. */
export function countQueueOperations(): void {
  if (counting) return;
  counting = true;
  const { prototype } = Queue as unknown as { prototype: Record<string, (...args: unknown[]) => unknown> };
  for (const name of ['add', 'addBulk', 'remove', 'upsertJobScheduler']) {
    const original = prototype[name];
    prototype[name] = function counted(this: unknown, ...args: unknown[]) {
      queueOperations += 1;
      return original.apply(this, args);
    };
  }
}

/** Groupcalls that nobody answers: how late, after its deadline, the gateway is told to stop each phone from ringing. */
export async function engineLateness(
  contender: GroupcallContender,
  request: AlarmRequest,
): Promise<AlarmSample> {
  const { trees, legs, from, to } = request;
  const stopped = new Map<string, number>();
  const source = contender.app.get(DataSource);
  const operations = queueOperations;
  const { result: lateness, ...cost } = await measured(async () => {
    const all = new Promise<void>((resolve) => {
      contender.gateway.switchboard = {
        placed: () => undefined,
        hungUp: (legId) => {
          if (!stopped.has(legId)) stopped.set(legId, Date.now());
          setImmediate(() => void contender.ended(legId, 'dialout'));
          if (stopped.size === trees * legs) resolve();
        },
      };
    });
    const created = await Promise.all(
      Array.from({ length: trees }, (_, index) => {
        const dialTimeout = Math.round(from + ((to - from) * index) / trees);
        return contender.create(String(index), { ring: 'ring_all', legs, dialTimeout });
      }),
    );
    const ids = (created as { id: string }[]).map(({ id }) => id);
    await Promise.race([all, delay(to + PATIENCE)]);
    await contender.settle();
    const rows: { id: string; dial_deadline: string }[] = await source.query(
      'SELECT id, dial_deadline FROM groupcall_leg WHERE root_id = ANY($1::uuid[])',
      [ids],
    );
    return rows.map(({ id, dial_deadline }) => (stopped.get(id) ?? Infinity) - Number(dial_deadline));
  });
  return { lateness, legs: trees * legs, queueOperations: queueOperations - operations, cpu: cost.cpu };
}

/** The same moments as delayed jobs of a bare queue, one for each groupcall. */
export async function bareLateness(
  redisUrl: string,
  { trees, from, to }: AlarmRequest,
): Promise<AlarmSample> {
  const name = `bench-${process.pid}-${Date.now()}`;
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  const operations = queueOperations;
  const lateness: number[] = [];
  const { cpu } = await measured(async () => {
    let done = () => {};
    const all = new Promise<void>((resolve) => (done = resolve));
    const worker = new Worker<{ due: number }>(
      name,
      ({ data }) => {
        lateness.push(Date.now() - data.due);
        if (lateness.length === trees) done();
        return Promise.resolve();
      },
      { connection, concurrency: 50, removeOnComplete: { count: 0 } },
    );
    await Promise.all(
      Array.from({ length: trees }, (_, index) => {
        const wait = Math.round(from + ((to - from) * index) / trees);
        return queue.add('alarm', { due: Date.now() + wait }, { delay: wait });
      }),
    );
    await Promise.race([all, delay(to + PATIENCE)]);
    await worker.close();
  });
  await queue.obliterate({ force: true });
  await queue.close();
  return { lateness, legs: trees, queueOperations: queueOperations - operations, cpu };
}

import { setTimeout as pass } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { AlarmClockSettings } from '../../libs/groupcall/src/adapters/bullmq/bullmq-alarm-clock.js';
import { BullmqAlarmClock } from '../../libs/groupcall/src/adapters/bullmq/index.js';
import type { AlarmQueueOptions } from '../../libs/groupcall/src/groupcall.options.js';
import type { Clock } from '../../libs/groupcall/src/ports/clock.port.js';
import type { AlarmClockEnvironment } from '../../libs/groupcall/src/testing/contracts/alarm-clock.contract.js';

/** A database whose clock is an hour ahead of this process: only distances in time may count. */
export const databaseClock: Clock = {
  now: () => Date.now() + 3_600_000,
  read: async () => Date.now() + 3_600_000,
};

/** What an alarm clock said, line by line. */
export class Lines {
  readonly all: string[] = [];
  warn(message: string): void {
    this.all.push(message);
  }
}

/** Impatient, so that tests of outages are short. */
export function makeAlarmClock(
  options: AlarmQueueOptions,
  settings: Partial<AlarmClockSettings> = {},
): BullmqAlarmClock {
  const impatient = { log: new Lines(), retryDelay: 50, retryInterval: 50, checkInterval: 200, ...settings };
  return new BullmqAlarmClock(options, databaseClock, impatient);
}

export function contractEnvironment(
  options: AlarmQueueOptions,
  close: () => Promise<void>,
): AlarmClockEnvironment {
  return {
    clock: databaseClock,
    create: () => makeAlarmClock(options),
    pass: (ms) => pass(ms),
    close,
  };
}

/** Puts jobs into the queue that no alarm clock would, and tells how they end. */
export async function poison(queue: Queue): Promise<() => Promise<string[]>> {
  const jobs = await Promise.all([
    queue.add('invoice', { amount: 7 }, { attempts: 5 }),
    queue.add('alarm', { rootId: 'not-a-root' }, { attempts: 5 }),
    queue.add('alarm', null, { attempts: 5 }),
  ]);
  return async () => {
    const states = await Promise.all(jobs.map((job) => job.getState()));
    const latest = await Promise.all(jobs.map((job) => queue.getJob(job.id!)));
    return states.map((state, i) => `${state} after ${latest[i]?.attemptsMade} attempt`);
  };
}

/** Every alarm that rang, in order. */
export class Rings {
  readonly rootIds: string[] = [];
  readonly take = async (rootId: string): Promise<void> => {
    this.rootIds.push(rootId);
  };
}

/** How long the work takes, ms. */
export async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

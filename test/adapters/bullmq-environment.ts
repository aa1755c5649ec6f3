import { randomUUID } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { AlarmClockSettings } from '../../libs/groupcall/src/adapters/bullmq/bullmq-alarm-clock.js';
import { BullmqAlarmClock } from '../../libs/groupcall/src/adapters/bullmq/index.js';
import type { AlarmQueueOptions } from '../../libs/groupcall/src/groupcall.options.js';
import type { Clock } from '../../libs/groupcall/src/ports/clock.port.js';
import type { AlarmClockEnvironment } from '../../libs/groupcall/src/testing/contracts/alarm-clock.contract.js';
import { eventually } from '../support/eventually.js';

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

/**
 * What an operator, a wrong clock or an older version may do to an alarm, on either backend.
 * @param make an alarm clock that is stopped by the caller
 */
export function itKeepsItsMoment(make: () => BullmqAlarmClock, rings: () => Rings): void {
  const stateOf = async (clock: BullmqAlarmClock, id: string) =>
    (await clock.queue.getJob(id))?.getState() ?? 'none';

  it('promoted too early it rings, and the same alarm waits on until its moment', async () => {
    const clock = make();
    await clock.start(rings().take);
    const rootId = randomUUID();
    const at = databaseClock.now() + 1_500;
    await clock.arm(rootId, at);
    const job = await clock.queue.getJob(`alarm-${at}`);
    await job!.promote();
    await eventually(() => expect(rings().rootIds).toEqual([rootId]));
    await eventually(async () => expect(await stateOf(clock, `alarm-${at}`)).toBe('delayed'));
    expect(databaseClock.now()).toBeLessThan(at);
    await eventually(() => expect(rings().rootIds).toEqual([rootId, rootId]));
    expect(databaseClock.now()).toBeGreaterThanOrEqual(at);
    await eventually(async () => expect(await stateOf(clock, `alarm-${at}`)).toBe('none'));
  });

  it('may be promoted as often as anybody likes, without using up its attempts', async () => {
    const clock = make();
    await clock.start(rings().take);
    const at = databaseClock.now() + 60_000;
    await clock.arm(randomUUID(), at);
    for (let times = 1; times <= 25; times += 1) {
      await (await clock.queue.getJob(`alarm-${at}`))!.promote();
      await eventually(() => expect(rings().rootIds).toHaveLength(times));
      await eventually(async () => expect(await stateOf(clock, `alarm-${at}`)).toBe('delayed'));
    }
    await clock.queue.obliterate({ force: true });
  });

  it('rings alarms that an older version has left in the queue, one for each root', async () => {
    const clock = make();
    await clock.start(rings().take);
    const [rootId, tooEarly] = [randomUUID(), randomUUID()];
    const add = (id: string, moment: number, delay: number) =>
      clock.queue.add(
        'alarm',
        { rootId: id },
        { jobId: `${id}-${moment}-a1b2c3d4z9`, delay, removeOnComplete: true },
      );
    const at = databaseClock.now() + 200;
    await add(rootId, at, 200);
    // Its process's clock was wrong.
    await add(tooEarly, at + 800, 0);
    await eventually(() =>
      expect(rings().rootIds.toSorted()).toEqual([rootId, tooEarly, tooEarly].toSorted()),
    );
    expect(databaseClock.now()).toBeGreaterThanOrEqual(at + 800);
  });
}

/** How long the work takes, ms. */
export async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

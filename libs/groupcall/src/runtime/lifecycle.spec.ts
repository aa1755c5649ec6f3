import { resolveOptions } from '../groupcall.options.js';
import type { AlarmClock } from '../ports/alarm-clock.port.js';
import { Lifecycle } from './lifecycle.js';
import { RealTimers } from './real-timers.js';

const options = resolveOptions({
  queue: { backend: 'redis', url: 'redis://nobody' },
  timings: { drainTimeout: 50 },
});

/** A lifecycle whose turns are finished when `drained` settles, with the given alarm clock. */
function lifecycleWith(alarmClock: Pick<AlarmClock, 'stop'>, drained: Promise<void>): Lifecycle {
  const runtime = { drain: () => drained };
  const relay = { stop: async () => undefined };
  return new Lifecycle(
    runtime as never,
    relay as never,
    {} as never,
    alarmClock as never,
    {} as never,
    new RealTimers(),
    options,
  );
}

describe('a shutdown', () => {
  it('ends although the alarm clock never says that it has stopped', async () => {
    const stuck = { stop: () => new Promise<never>(() => undefined) };
    await expect(
      lifecycleWith(stuck, Promise.resolve()).beforeApplicationShutdown(),
    ).resolves.toBeUndefined();
  });

  it('lets the turns under way finish although the alarm clock cannot be stopped', async () => {
    const broken = { stop: async () => Promise.reject(new Error('the queue is gone')) };
    let finish = () => undefined as void;
    const drained = new Promise<void>((resolve) => (finish = resolve));
    const done: string[] = [];
    const ending = lifecycleWith(broken, drained)
      .beforeApplicationShutdown()
      .finally(() => done.push('shutdown'));
    setImmediate(() => {
      done.push('turns');
      finish();
    });
    await ending;
    expect(done).toEqual(['turns', 'shutdown']);
  });
});

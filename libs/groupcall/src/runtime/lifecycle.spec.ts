import { resolveOptions } from '../groupcall.options.js';
import type { AlarmClock } from '../ports/alarm-clock.port.js';
import { Lifecycle } from './lifecycle.js';
import { RealTimers } from './real-timers.js';

const options = resolveOptions({
  queue: { backend: 'redis', url: 'redis://nobody' },
  timings: { drainTimeout: 50 },
});

const noTimers = { start: () => undefined, stop: async () => undefined };

const noPeers = noTimers;

/** A lifecycle whose turns are finished when `drained` settles, with the given alarm clock. */
function lifecycleWith(alarmClock: Pick<AlarmClock, 'stop'>, drained: Promise<void>): Lifecycle {
  const runtime = { drain: () => drained };
  const relay = { stop: async () => undefined };
  return new Lifecycle(
    runtime as never,
    relay as never,
    {} as never,
    alarmClock as never,
    noTimers as never,
    {} as never,
    noPeers as never,
    new RealTimers(),
    options,
  );
}

describe('a shutdown', () => {
  it('stops the relay although a comparison with the gateway takes long, and has both begin nothing new', async () => {
    const done: string[] = [];
    let begun = () => undefined as void;
    const comparing = new Promise<void>((resolve) => (begun = resolve));
    const soon = resolveOptions({
      queue: options.queue,
      timings: { reconcileInterval: 1, sweepInterval: 1 },
    });
    const signals: AbortSignal[] = [];
    const untilAborted = (what: string) => (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signals.push(signal);
        if (signals.length === 2) begun();
        signal.addEventListener('abort', () => {
          done.push(`${what} is told`);
          // The item under way takes its time, longer than the relay.
          setTimeout(() => {
            done.push(`${what} ends`);
            resolve();
          }, 20);
        });
      });
    const lifecycle = new Lifecycle(
      { drain: async () => void done.push('turns') } as never,
      { start: () => undefined, nudge: () => undefined, stop: async () => void done.push('relay') } as never,
      { sweep: untilAborted('sweep') } as never,
      { start: async () => undefined, stop: async () => undefined } as never,
      noTimers as never,
      { reconcile: untilAborted('comparison') } as never,
      noPeers as never,
      new RealTimers(),
      soon,
    );
    await lifecycle.onApplicationBootstrap();
    await comparing;
    await lifecycle.beforeApplicationShutdown();
    expect(done.slice(0, 3).sort()).toEqual(['comparison is told', 'relay', 'sweep is told']);
    expect(done.slice(3, 5).sort()).toEqual(['comparison ends', 'sweep ends']);
    expect(done.slice(5)).toEqual(['turns']);
  });

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

import { resolveOptions, type GroupcallModuleOptions } from './groupcall.options.js';

const queue = { backend: 'redis', url: 'redis://127.0.0.1' } as const;

describe('The options', () => {
  it('have defaults for everything but the queue', () => {
    expect(resolveOptions({ queue })).toMatchObject({
      name: 'default',
      queue: { prefix: 'bull' },
      limits: { depth: 5 },
      timings: { sweepInterval: 750 },
      workers: { relay: true, alarms: true, sweep: true, reconciler: true, commands: false },
    });
  });

  it('keep the queue of a named engine apart from the others, unless told where it is', () => {
    const url = 'postgres://127.0.0.1/x';
    expect(resolveOptions({ queue }, 'voice').queue).toMatchObject({ prefix: 'bull-voice' });
    expect(resolveOptions({ queue: { backend: 'postgres', url } }, 'voice').queue).toMatchObject({
      schema: 'bullmq_voice',
    });
    expect(resolveOptions({ queue: { ...queue, prefix: 'q' } }, 'voice').queue).toMatchObject({
      prefix: 'q',
    });
  });

  it('may be given as undefined', () => {
    const { limits } = resolveOptions({ queue, limits: { depth: undefined }, timings: undefined });
    expect(limits.depth).toBe(5);
  });

  it.each<[unknown, string]>([
    [undefined, 'option queue is missing'],
    [{}, 'option queue is missing'],
    [{ queue: { backend: 'redis', url: 'localhost:6379' } }, 'option queue is missing or wrong'],
    [{ queue: { backend: 'postgres', url: 'redis://127.0.0.1' } }, 'option queue is missing or wrong'],
    [{ queue: { backend: 'kafka', url: 'redis://127.0.0.1' } }, 'option queue is missing or wrong'],
    [{ queue: { ...queue, schema: 'x' } }, 'no option queue.schema; there are backend, url, prefix'],
    [
      { queue, limit: {} },
      'no option limit; there are queue, limits, dialPolicy, timings, capacity, workers',
    ],
    [{ queue, limits: { livelegs: 1 } }, 'no option limits.livelegs; there are destinations,'],
    [{ queue, timings: { sweepMs: 1 } }, 'no option timings.sweepMs'],
    [{ queue, capacity: { waiting: 1 } }, 'no option capacity.waiting; there are waitingGroupcalls,'],
    [{ queue, capacity: { waitingCommands: 0 } }, 'capacity.waitingCommands is 0; it must be a whole number'],
    [{ queue, workers: { dial: true } }, 'no option workers.dial'],
    [{ queue, workers: { relay: 'yes' } }, 'workers.relay is yes; it must be true or false'],
    [{ queue, limits: { depth: -1 } }, 'limits.depth is -1; it must be a whole number of at least 0'],
    [{ queue, timings: { claimLease: 1.5 } }, 'timings.claimLease is 1.5'],
    [{ queue, timings: { effectTimeout: 5_000 } }, 'must be shorter than timings.claimLease (5000)'],
  ])('are refused with a sentence: %j', (options, message) => {
    expect(() => resolveOptions(options as GroupcallModuleOptions)).toThrow(message);
  });
});

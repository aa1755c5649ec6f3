import { EventEmitter } from 'node:events';
import type { IQueueBackend } from 'bullmq';
import { renewableBackend } from './renewable-backend.js';

/** As BullMQ's PostgreSQL backend: a first connect that failed is remembered. */
class FakeBackend extends EventEmitter {
  closed = false;
  readonly keys = {};

  constructor(
    readonly generation: number,
    private readonly reachable: boolean,
  ) {
    super();
  }
  async waitUntilReady(): Promise<void> {
    if (!this.reachable) throw new Error('connect ECONNREFUSED');
  }
  async isPaused(): Promise<number> {
    await this.waitUntilReady();
    return this.generation;
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

describe('a renewable backend', () => {
  let built: FakeBackend[] = [];
  let reachable = true;

  beforeEach(() => {
    built = [];
    reachable = true;
  });

  function renewable(usable = Promise.resolve()) {
    const build = () => {
      const backend = new FakeBackend(built.length + 1, reachable);
      built.push(backend);
      return backend as unknown as IQueueBackend & FakeBackend;
    };
    return renewableBackend(build, usable);
  }

  it('is built anew after its first connect failed, and the failed one is closed', async () => {
    reachable = false;
    const backend = renewable();
    await expect(backend.isPaused()).rejects.toThrow('ECONNREFUSED');
    await new Promise(setImmediate);
    reachable = true;
    expect(await backend.isPaused()).toBe(2);
    expect(await backend.isPaused()).toBe(2);
    expect(built.map((one) => one.closed)).toEqual([true, false]);
  });

  it('is ready only when the server is known to be prepared', async () => {
    let prepared!: () => void;
    const backend = renewable(new Promise((resolve) => (prepared = resolve)));
    let ready = false;
    const waiting = backend.waitUntilReady().then(() => (ready = true));
    await new Promise(setImmediate);
    expect(ready).toBe(false);
    prepared();
    await waiting;
    expect(ready).toBe(true);
  });

  it('passes events on from whichever backend is the latest, and from no other', async () => {
    reachable = false;
    const backend = renewable();
    const errors: string[] = [];
    backend.on('error', (error: Error) => errors.push(error.message));
    await expect(backend.waitUntilReady()).rejects.toThrow('ECONNREFUSED');
    reachable = true;
    await backend.waitUntilReady();
    built[0].emit('error', new Error('old'));
    built[1].emit('error', new Error('new'));
    expect(errors).toEqual(['new']);
  });

  it('survives an error that nobody listens to', () => {
    renewable();
    expect(() => built[0].emit('error', new Error('unheard'))).not.toThrow();
  });

  it('is not built anew once it has been closed', async () => {
    reachable = false;
    const backend = renewable();
    await expect(backend.waitUntilReady()).rejects.toThrow('ECONNREFUSED');
    await backend.close();
    await expect(backend.isPaused()).rejects.toThrow('ECONNREFUSED');
    expect(built.length).toBe(1);
  });
});

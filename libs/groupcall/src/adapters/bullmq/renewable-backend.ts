import { EventEmitter } from 'node:events';
import type { IQueueBackend } from 'bullmq';

/**
 * A backend that is built anew when its first connect failed: BullMQ's PostgreSQL backend remembers that failure for
 * ever, without an error (RELIABILITY D13). The Queue and the Worker around it, and dashboards that hold them, stay.
 * @param build makes a backend; it connects when it is first used
 * @param usable resolves when the server is known to be prepared; becoming ready waits for it
 */
export function renewableBackend<B extends IQueueBackend>(build: () => B, usable: Promise<void>): B {
  const events = new EventEmitter();
  let closed = false;
  let failed = false;
  let current = start();

  function start(): B {
    failed = false;
    const backend = build();
    for (const name of ['ready', 'error', 'close'] as const) {
      backend.on(name, (...args: unknown[]) => {
        // Without a listener, an 'error' would end the process.
        if (backend === current && events.listenerCount(name) > 0) events.emit(name, ...args);
      });
    }
    const connected = usable.then(() => backend.waitUntilReady());
    connected.catch(() => {
      if (backend === current) failed = true;
    });
    return backend;
  }

  function latest(): B {
    if (failed && !closed) {
      current.close(true).catch(() => undefined);
      current = start();
    }
    return current;
  }

  const own: Record<string | symbol, unknown> = {
    on: (name: string, listener: () => void) => (events.on(name, listener), proxy),
    once: (name: string, listener: () => void) => (events.once(name, listener), proxy),
    removeListener: (name: string, listener: () => void) => (events.removeListener(name, listener), proxy),
    waitUntilReady: async () => {
      await usable;
      await latest().waitUntilReady();
    },
    close: (force?: boolean) => {
      closed = true;
      return current.close(force);
    },
  };
  const proxy = new Proxy({} as B, {
    get: (_, key) => {
      if (Object.hasOwn(own, key)) return own[key];
      const backend = latest();
      const value: unknown = Reflect.get(backend, key);
      return typeof value === 'function' ? (value as () => unknown).bind(backend) : value;
    },
    has: (_, key) => key in own || key in current,
  });
  return proxy;
}

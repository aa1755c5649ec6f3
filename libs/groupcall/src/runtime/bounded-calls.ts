import { setMaxListeners } from 'node:events';
import type { Timers } from '../ports/timers.port.js';

/** Calls that began in the same moment with the same patience. */
class Together {
  readonly controller = new AbortController();
  private readonly open = new Set<(late: Error) => void>();
  private readonly callOff: () => void;

  constructor(timers: Timers, ms: number) {
    // Every one of them may listen: more than ten are no leak, of which Node would warn.
    setMaxListeners(0, this.controller.signal);
    this.callOff = timers.after(ms, () => {
      const late = new Error(`no answer within ${ms} ms`);
      this.controller.abort(late);
      for (const giveUp of this.open) giveUp(late);
    });
  }

  join(giveUp: (late: Error) => void): void {
    this.open.add(giveUp);
  }

  leave(giveUp: (late: Error) => void): void {
    this.open.delete(giveUp);
    if (this.open.size === 0) this.callOff();
  }
}

/**
 * The same promise as {@link bounded} for very many calls: those that begin in one go share a timer and a signal, which
 * are dearer than what a fast other side does in its call. A signal may therefore be aborted after the end of a call that
 * it was given to.
 */
export class BoundedCalls {
  private current: { readonly ms: number; readonly together: Together } | null = null;

  constructor(private readonly timers: Timers) {}

  /** Gives up waiting after `ms`, whether or not the other side listens to the signal. */
  within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const together = this.beginning(ms);
    return new Promise<T>((resolve, reject) => {
      together.join(reject);
      const over = () => together.leave(reject);
      let answer: Promise<T>;
      try {
        answer = call(together.controller.signal);
      } catch (error) {
        // A host's method may throw before it returns a promise: that is a rejection like any other.
        const reason = error as Error;
        over();
        reject(reason);
        return;
      }
      // And what it returns may be no promise.
      (answer instanceof Promise ? answer : Promise.resolve(answer)).then(
        (result) => {
          over();
          resolve(result);
        },
        (error: Error) => {
          over();
          reject(error);
        },
      );
    });
  }

  private beginning(ms: number): Together {
    if (this.current?.ms === ms) return this.current.together;
    const together = new Together(this.timers, ms);
    const current = { ms, together };
    this.current = current;
    // Whatever begins after a wait for anything begins later.
    queueMicrotask(() => {
      if (this.current === current) this.current = null;
    });
    return together;
  }
}

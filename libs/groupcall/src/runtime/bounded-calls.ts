import { setMaxListeners } from 'node:events';
import type { Timers } from '../ports/timers.port.js';

/** A call of which nobody knows yet what becomes of it. */
interface OpenCall {
  isOver: boolean;
  readonly failed: (reason: Error) => void;
}

/** Calls that began in the same moment with the same patience. */
class Together {
  readonly controller = new AbortController();
  private readonly calls: OpenCall[] = [];
  private open = 0;
  /** All that have joined are over, and nobody watches the time any more. */
  isOver = false;
  private readonly callOff: () => void;

  constructor(timers: Timers, ms: number) {
    // Every one of them may listen: more than ten are no leak, of which Node would warn.
    setMaxListeners(0, this.controller.signal);
    this.callOff = timers.after(ms, () => {
      const late = new Error(`no answer within ${ms} ms`);
      this.controller.abort(late);
      for (const call of this.calls) if (this.isFirst(call)) call.failed(late);
    });
  }

  join(call: OpenCall): void {
    this.calls.push(call);
    this.open += 1;
  }

  /** Whether this is the first that is heard of the call. */
  isFirst(call: OpenCall): boolean {
    if (call.isOver) return false;
    call.isOver = true;
    this.open -= 1;
    if (this.open === 0) {
      this.isOver = true;
      this.callOff();
      this.calls.length = 0;
    }
    return true;
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

  /** Gives up waiting after `ms`, whether or not the other side listens to the signal: either of the two is called, once. */
  ask<T>(
    ms: number,
    call: (signal: AbortSignal) => Promise<T>,
    answered: (result: T) => void,
    failed: (reason: Error) => void,
  ): void {
    const together = this.beginning(ms);
    const open: OpenCall = { isOver: false, failed };
    together.join(open);
    let answer: Promise<T>;
    try {
      answer = call(together.controller.signal);
    } catch (error) {
      // A host's method may throw before it returns a promise: that is a rejection like any other.
      if (together.isFirst(open)) failed(error as Error);
      return;
    }
    // And what it returns may be no promise.
    (answer instanceof Promise ? answer : Promise.resolve(answer)).then(
      (result) => {
        if (together.isFirst(open)) answered(result);
      },
      (error: Error) => {
        if (together.isFirst(open)) failed(error);
      },
    );
  }

  private beginning(ms: number): Together {
    if (this.current?.ms === ms && !this.current.together.isOver) return this.current.together;
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

import type { Timers } from '../ports/timers.port.js';

/** Waits for `ms`, or until the signal is aborted: a process that ends waits for nothing. */
export function waitUnlessAborted(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      callOff();
      // The signal outlives this wait by far.
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const callOff = timers.after(ms, over);
    signal?.addEventListener('abort', over);
  });
}

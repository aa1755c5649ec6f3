import type { Timers } from '../ports/timers.port.js';

/** Gives up waiting after `ms`, whether or not the other side listens to the signal; what it does then is unknown. */
export async function bounded<T>(
  timers: Timers,
  ms: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = timers.timeoutSignal(ms);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${ms} ms`)), { once: true });
  });
  // A host's method may throw before it returns a promise: that is a rejection like any other, and `late` has its reader.
  return Promise.race([(async () => call(signal))(), late]);
}

import type { Timers } from '../ports/timers.port.js';

/**
 * Gives up waiting after `ms`, whether or not the other side listens to the signal; what it does then is unknown. The
 * timer is called off as soon as the answer is there: most calls are over long before.
 */
export function bounded<T>(
  timers: Timers,
  ms: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const callOff = timers.after(ms, () => {
      const late = new Error(`no answer within ${ms} ms`);
      controller.abort(late);
      reject(late);
    });
    // A host's method may throw before it returns a promise: that is a rejection like any other.
    (async () => call(controller.signal))().then(
      (result) => {
        callOff();
        resolve(result);
      },
      (error: Error) => {
        callOff();
        reject(error);
      },
    );
  });
}

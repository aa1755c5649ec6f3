import type { Timers } from '../ports/timers.port.js';

/** True when the promise settled within `ms`. The promise itself goes on. */
export async function settledWithin(timers: Timers, promise: Promise<unknown>, ms: number): Promise<boolean> {
  let callOff = () => {};
  const late = new Promise<false>((resolve) => {
    callOff = timers.after(ms, () => resolve(false));
  });
  try {
    return await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      late,
    ]);
  } finally {
    callOff();
  }
}

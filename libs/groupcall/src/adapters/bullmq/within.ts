/** Something did not answer in time; whether it happened is unknown. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
}

/**
 * The promise's result, or a {@link TimedOutError} after `ms`. The promise itself goes on; its late rejection is
 * swallowed. The timer keeps no process alive.
 * @param what did not happen, for the message: `no answer`
 */
export async function within<T>(promise: Promise<T>, ms: number, what = 'no answer'): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOutError(`${what} within ${ms} ms`)), ms);
    timer.unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for the promise to settle either way, but no longer than `ms`. */
export async function settled(promise: Promise<unknown>, ms: number): Promise<void> {
  await within(promise, ms).catch(() => undefined);
}

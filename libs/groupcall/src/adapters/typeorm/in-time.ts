import { performance } from 'node:perf_hooks';

/**
 * The result, or an error `deadline` ms after `since`: what the database makes of the work then is not known.
 * @param since on this process's monotonic clock; missing: from now on
 */
export async function inTime<T>(work: Promise<T>, deadline: number, since = performance.now()): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The database did not answer within ${deadline} ms.`)),
      since + deadline - performance.now(),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

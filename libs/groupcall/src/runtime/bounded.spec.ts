import { bounded } from './bounded.js';
import { RealTimers } from './real-timers.js';

describe('bounded', () => {
  const timers = new RealTimers();

  it('rejects when the other side throws before it has returned a promise, and leaves nothing behind to reject later', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const refusal = new Error('no such number');
    await expect(
      bounded(timers, 20, () => {
        throw refusal;
      }),
    ).rejects.toBe(refusal);
    // The next bounded call ends after the first one's time is over.
    await expect(bounded(timers, 60, () => new Promise(() => undefined))).rejects.toThrow(
      'no answer within 60 ms',
    );
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

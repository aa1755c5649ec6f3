import { RealTimers } from './real-timers.js';

describe('Real timers, asked for a moment in which all that has arrived is there,', () => {
  it('let go behind the events of this round, all who have asked in it at once, and the next ones in the next', async () => {
    const timers = new RealTimers();
    const order: string[] = [];
    const asked = timers.soon();
    expect(timers.soon()).toBe(asked);
    const waiting = asked.then(() => order.push('gathered'));
    for (let step = 0; step < 50; step += 1) await Promise.resolve();
    order.push('microtasks');
    await new Promise<void>((resolve) => process.nextTick(resolve));
    order.push('ticks');
    await waiting;
    expect(order).toEqual(['microtasks', 'ticks', 'gathered']);
    expect(timers.soon()).not.toBe(asked);
    await timers.soon();
  });
});

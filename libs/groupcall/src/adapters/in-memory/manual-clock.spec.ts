import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(50);
    expect(clock.now()).toBe(1_050);
    expect(await clock.read()).toBe(1_050);
  });

  it('stops on its way at everything that was scheduled, in order of time and then of arrival', async () => {
    const clock = new ManualClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name} at ${clock.now()}`);
    clock.schedule(20, note('second'));
    clock.schedule(10, note('first'));
    clock.schedule(20, note('third'));
    clock.schedule(31, note('too late'));
    await clock.advance(30);
    expect(seen).toEqual(['first at 10', 'second at 20', 'third at 20']);
    expect(clock.now()).toBe(30);
  });

  it('waits for what it runs, and runs what that schedules for the time that passes', async () => {
    const clock = new ManualClock(0);
    const seen: number[] = [];
    clock.schedule(10, async () => {
      await Promise.resolve();
      clock.schedule(15, () => void seen.push(clock.now()));
    });
    await clock.advance(20);
    expect(seen).toEqual([15]);
  });

  it('runs what was due already, without turning the hands back', async () => {
    const clock = new ManualClock(100);
    let ran = NaN;
    clock.schedule(5, () => void (ran = clock.now()));
    await clock.advance(0);
    expect(ran).toBe(100);
  });

  it('refuses to go backwards', async () => {
    await expect(new ManualClock().advance(-1)).rejects.toThrow('only goes forward');
  });
});

import { ClaimWindow } from './claim-window.js';

describe('ClaimWindow', () => {
  it('doubles with every windowful that is done in time, up to 400', () => {
    const window = new ClaimWindow();
    const first = window.size;
    for (let done = 0; done < first; done += 1) window.doneInTime();
    expect(window.size).toBe(2 * first);
    for (let done = 0; done < 1_000; done += 1) window.doneInTime();
    expect(window.size).toBe(400);
  });

  it('halves when claims are late, once for all that were taken together', () => {
    const window = new ClaimWindow();
    window.late(10_000);
    window.late(10_001);
    window.late(10_999);
    expect(window.size).toBe(16);
    window.late(11_000);
    expect(window.size).toBe(8);
  });

  it('never closes: something must be tried, or nobody would know that things are better', () => {
    const window = new ClaimWindow();
    for (let second = 1; second < 20; second += 1) window.late(second * 1_000);
    expect(window.size).toBe(4);
    window.doneInTime();
    expect(window.size).toBe(5);
  });
});

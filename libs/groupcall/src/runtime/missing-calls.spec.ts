import { MissingCalls } from './missing-calls.js';

describe('MissingCalls', () => {
  it('believes a gateway that does not know a call only the second time, and not too soon', () => {
    const calls = new MissingCalls(10_000);
    expect([calls.missed('a', 0), calls.missed('a', 9_999), calls.missed('a', 10_000)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('starts anew for a call that was not in question in between', () => {
    const calls = new MissingCalls(10_000);
    calls.missed('a', 0);
    calls.keepOnly(new Set(['b']));
    expect(calls.missed('a', 20_000)).toBe(false);
  });

  it('starts anew for a call that the gateway knew in between', () => {
    const calls = new MissingCalls(10_000);
    calls.missed('a', 0);
    calls.found('a');
    expect(calls.missed('a', 20_000)).toBe(false);
  });
});

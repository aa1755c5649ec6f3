import { DialBreaker, DialsHeldBack } from './dial-breaker.js';

const failTenTimes = (breaker: DialBreaker, now: number) => {
  for (let time = 0; time < 10; time += 1) breaker.failed(now);
};

describe('DialBreaker', () => {
  it('lets dials through while failures are not in a row', () => {
    const breaker = new DialBreaker();
    for (let time = 0; time < 50; time += 1) {
      breaker.failed(0);
      if (time % 9 === 8) breaker.succeeded();
    }
    expect(() => breaker.enter(0)).not.toThrow();
  });

  it('holds dials back after ten failures in a row, for two seconds', () => {
    const breaker = new DialBreaker();
    failTenTimes(breaker, 1_000);
    expect(() => breaker.enter(2_999)).toThrow(DialsHeldBack);
    expect(() => breaker.enter(3_000)).not.toThrow();
  });

  it('then lets one through to see whether the gateway is back', () => {
    const breaker = new DialBreaker();
    failTenTimes(breaker, 0);
    breaker.enter(2_000);
    expect(() => breaker.enter(2_001)).toThrow(DialsHeldBack);
    breaker.succeeded();
    expect(() => breaker.enter(2_002)).not.toThrow();
  });
});

import { LoginAttempts } from './login-attempts.js';

describe('attempts to log in', () => {
  let now: number;
  let attempts: LoginAttempts;
  const failing = (address: string, times: number) => {
    for (let i = 0; i < times; i += 1) attempts.failed(address);
  };
  beforeEach(() => {
    now = 0;
    attempts = new LoginAttempts(() => now);
  });

  it('may fail five times, then the address waits for the rest of five minutes', () => {
    failing('a', 4);
    expect(attempts.waitOf('a')).toBe(0);
    now = 60_000;
    failing('a', 1);
    expect(attempts.waitOf('a')).toBe(240_000);
    expect(attempts.waitOf('b')).toBe(0);
    now = 300_000;
    expect(attempts.waitOf('a')).toBe(0);
  });

  it('that succeed are forgiven', () => {
    failing('a', 4);
    attempts.succeeded('a');
    failing('a', 4);
    expect(attempts.waitOf('a')).toBe(0);
  });

  it('from many addresses are limited as well', () => {
    for (let i = 0; i < 100; i += 1) failing(`address ${i}`, 1);
    expect(attempts.waitOf('a new one')).toBe(300_000);
  });

  it('start anew when the time is over', () => {
    failing('a', 5);
    now = 300_001;
    failing('a', 1);
    expect(attempts.waitOf('a')).toBe(0);
  });
});

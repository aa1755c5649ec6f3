import { redact } from './redact.js';

describe('what goes to the log', () => {
  it.each([
    ['call to +4915112345678 failed', 'call to +491*****78 failed'],
    ['sip:alice.smith@pbx.example.com is busy', 'sip:***@pbx.example.com is busy'],
    ['cannot reach postgres://app:hunter2@db:5432/x', 'cannot reach postgres://app:***@db:5432/x'],
    ['rediss://:hunter2@cache', 'rediss://:***@cache'],
  ])('hides people and passwords: %s', (line, hidden) => {
    expect(redact(line)).toBe(hidden);
  });

  it('leaves everything else alone', () => {
    const line =
      'at Object.<anonymous> (/srv/node_modules/@nestjs/core/index.js:12:3) 2026-01-02T03:04:05.678+00:00';
    expect(redact(line)).toBe(line);
  });
});

import { RateLimitedLog } from './rate-limited-log.js';

describe('a rate-limited log', () => {
  let now = 0;
  let lines: string[] = [];
  let log: RateLimitedLog;

  beforeEach(() => {
    now = 1_000;
    lines = [];
    log = new RateLimitedLog({ warn: (line) => lines.push(line) }, () => now);
  });

  it('writes one line a second however often it is told, and says how many it left out', () => {
    for (let i = 0; i < 6_769; i += 1) log.warn('worker', `Missing lock ${i}`);
    expect(lines).toEqual(['Missing lock 0']);
    now += 1_000;
    log.warn('worker', 'Missing lock again');
    expect(lines[1]).toBe('Missing lock again (6768 more like this since the last line)');
    now += 1_000;
    log.warn('worker', 'Missing lock once more');
    expect(lines[2]).toBe('Missing lock once more');
  });

  it('lets one kind of trouble not hide another', () => {
    log.warn('worker', 'one');
    log.warn('queue', 'other');
    expect(lines).toEqual(['one', 'other']);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { speedOf, type LastRun } from '../../bench/report/speed.js';
import { isReached, type Ratio } from '../../bench/report/verdict.js';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const run = JSON.parse(read('docs/benchmarks/latest.json')) as LastRun & {
  ratios: (Ratio & { reached: boolean })[];
};

describe('the figures of speed', () => {
  it('in the README are those of the last run of the bench', () => {
    expect(read('README.md')).toContain(speedOf(run));
  });

  it('in the report are the same ones', () => {
    const page = read('docs/benchmarks/latest.md');
    for (const { figure, value } of run.ratios) {
      expect(page).toContain(`| ${figure} | ${value ?? 'not measured'}`);
    }
  });

  it('are called reached when they are', () => {
    for (const one of run.ratios) expect(one.reached).toBe(isReached(one));
  });
});

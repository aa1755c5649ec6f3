import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from '../measures/section.js';
import type { Results } from '../measures/throughput.js';
import { GROUPCALL, SATURATION } from '../measures/workloads.js';
import { svgOf, type BarChart } from './chart.js';
import { markdownTable } from './table.js';
import { withSpeed, type LastRun } from './speed.js';
import { isReached, RATIO_HEAD, ratioRows } from './verdict.js';

export interface Report extends LastRun {
  readonly findings: readonly Findings[];
}

/** `latest.json` for programs; `latest.md`, `latest.svg` and a part of the README for people. */
export async function writeReport(folder: string, { facts, findings, ratios }: Report, results?: Results) {
  await mkdir(folder, { recursive: true });
  const data = Object.fromEntries(findings.map((one) => [one.title.toLowerCase(), one.data]));
  const verdict = ratios.map((one) => ({ ...one, reached: isReached(one) }));
  await writeFile(
    join(folder, 'latest.json'),
    `${JSON.stringify({ facts, ratios: verdict, ...data }, null, 2)}\n`,
  );
  const text = [
    '# The last run of `npm run bench`',
    '',
    'What is measured and how: [bench/README.md](../../bench/README.md). Machine and settings are in [latest.json](latest.json).',
    ...(results ? ['', '![lifecycles per second and CPU time per lifecycle](latest.svg)'] : []),
    '',
    markdownTable(RATIO_HEAD, ratioRows(ratios)),
    ...findings.flatMap(({ title, head, rows }) => ['', `## ${title}`, '', markdownTable(head, rows)]),
    '',
  ];
  await writeFile(join(folder, 'latest.md'), text.join('\n'));
  const readme = join(folder, '..', '..', 'README.md');
  await writeFile(readme, withSpeed(await readFile(readme, 'utf8'), { facts, ratios }));
  if (results) await writeFile(join(folder, 'latest.svg'), svgOf(chartsOf(results)));
}

function chartsOf(results: Results): BarChart[] {
  const figures = [...results.get(SATURATION)!];
  const bars = (of: (one: (typeof figures)[number][1]) => number | undefined) =>
    figures.flatMap(([label, one]) => {
      const value = of(one);
      return value === undefined ? [] : [{ label, value, ours: label === GROUPCALL }];
    });
  const charts = [
    {
      title: 'Lifecycles per second',
      unit: 'more is better',
      bars: bars((one) => one.livesPerSecond.median),
    },
    {
      title: 'CPU time per lifecycle, Node + PostgreSQL',
      unit: 'ms, less is better',
      bars: bars((one) => one.cpuPerLife?.median),
    },
  ];
  return charts.filter((chart) => chart.bars.length > 0);
}

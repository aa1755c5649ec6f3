import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TARGETS, type TargetName } from './format.js';
import type { ScenarioFile } from './read-scenarios.js';

export type Verdict = 'pass' | 'FAIL' | 'n/a';

interface Column {
  /** Of the scenarios that were played: results of other ones are not shown beside these. */
  readonly fingerprint: string;
  readonly verdicts: Record<string, Verdict>;
}

const FOLDER = join(__dirname, '../../node_modules/.cache/groupcall-scenarios');

/**
 * Keeps a target's results and prints the table: scenario × target. The columns of the other targets come from their
 * latest run of the same scenarios, since every target is a test file of its own.
 */
export function report(
  files: readonly ScenarioFile[],
  target: TargetName,
  verdicts: Record<string, Verdict>,
): string {
  const fingerprint = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(target), JSON.stringify({ fingerprint, verdicts } satisfies Column));
  const columns = TARGETS.map((name) => columnOf(name, fingerprint));
  const names = files.flatMap(({ theme, scenarios }) => scenarios.map(({ name }) => `${theme}: ${name}`));
  const width = Math.max(...names.map((name) => name.length));
  const line = (first: string, rest: string[]) =>
    `${first.padEnd(width)}  ${rest.map((cell) => cell.padEnd(8)).join('')}`.trimEnd();
  return [
    line('scenario', [...TARGETS]),
    ...names.map((name) =>
      line(
        name,
        columns.map((column) => column[name] ?? '-'),
      ),
    ),
    line(
      `${names.length} scenarios`,
      columns.map((column) => totalOf(column)),
    ),
  ].join('\n');
}

function totalOf(column: Record<string, Verdict>): string {
  const verdicts = Object.values(column);
  return `${verdicts.filter((one) => one === 'pass').length}/${verdicts.filter((one) => one !== 'n/a').length}`;
}

function columnOf(target: TargetName, fingerprint: string): Record<string, Verdict> {
  try {
    const column = JSON.parse(readFileSync(fileOf(target), 'utf8')) as Column;
    return column.fingerprint === fingerprint ? column.verdicts : {};
  } catch {
    // Not played yet.
    return {};
  }
}

function fileOf(target: TargetName): string {
  return join(FOLDER, `${target}.json`);
}

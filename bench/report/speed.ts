import { markdownTable } from './table.js';
import { RATIO_HEAD, ratioRows, type Ratio } from './verdict.js';

/** What is needed of latest.json. */
export interface LastRun {
  readonly facts: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly quick: boolean;
    readonly rounds: number;
    readonly postgres: { readonly version: string };
  };
  readonly ratios: readonly Ratio[];
}

const BEGIN = '<!-- The last run of the bench, written by it -->';
const END = '<!-- End of the last run -->';

/** The figures for people who only look at the README. */
export function speedOf({ facts, ratios }: LastRun): string {
  const { cpu, cores, memoryGb, node, postgres, quick, rounds } = facts;
  return [
    BEGIN,
    `Medians of ${rounds} interleaved rounds${quick ? ' of a quick run' : ''} on ${cores} cores (${cpu}, ${memoryGb} GB) with Node ${node.replace(/^v/, '')}, PostgreSQL ${postgres.version} on the same cores, \`fsync\` and \`synchronous_commit\` on:`,
    '',
    markdownTable(RATIO_HEAD, ratioRows(ratios)),
    END,
  ].join('\n');
}

/** @throws Error when the page has no place for it */
export function withSpeed(page: string, run: LastRun): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('The README has no place for the figures of the bench.');
  return page.slice(0, begin) + speedOf(run) + page.slice(end + END.length);
}

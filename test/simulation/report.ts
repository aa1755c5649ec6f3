import { short } from './trace.js';
import type { Failure, Tally } from './tally.js';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const MOST_LINES = 60;
const MOST_VIOLATIONS = 5;

/** How often each invariant was looked at, and what there was to look at: a check that never bites is seen here. */
export function summary({ looked, happened }: Tally): string {
  const number = (name: string) => Number(name.slice(1)) || Infinity;
  const byNumber = ([a]: [string, number], [b]: [string, number]) => number(a) - number(b);
  const line = (counts: [string, number][]) => counts.map(([name, count]) => `${name} ${count}`).join('  ');
  const { rest = 0, ...invariants } = looked;
  return [
    `looked at   ${line(Object.entries(invariants).sort(byNumber))}  rest ${rest}`,
    `happened    ${line(Object.entries(happened))}`,
  ].join('\n');
}

/** One failed seed: what was wrong, and the end of the story of those it was wrong with. */
export function story({ seed, mode, violations }: Failure, trace: readonly string[]): string {
  const told = violations.slice(0, MOST_VIOLATIONS).map(({ invariant, text }) => `  ${invariant}: ${text}`);
  const more = violations.length - told.length;
  const ids = new Set(violations.flatMap(({ text }) => text.match(UUID) ?? []).map(short));
  const concerned = ids.size === 0 ? trace : trace.filter((line) => [...ids].some((id) => line.includes(id)));
  return [
    `seed ${seed} (${mode})`,
    ...told,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...concerned.slice(-MOST_LINES),
    `  the whole story: npm run simulate -- --seed ${seed} --mode ${mode} --trace`,
  ].join('\n');
}

import { Worker } from 'node:worker_threads';
import { parseArgs } from 'node:util';
import { readCorpus, remember } from './corpus.js';
import { story, summary } from './report.js';
import { modeOf, runSeed } from './run-seed.js';
import { Tally } from './tally.js';
import type { Mode } from './weather.js';
import type { Share } from './worker.js';

const USAGE = `npm run simulate -- [--seeds 20000] [--from 1] [--mode safety|liveness] [--workers 2]
npm run simulate -- --seed n [--mode …] [--trace]     one world, told line by line
Without --mode even seeds are played for safety and odd ones for liveness.`;

/** Failed seeds that are told in full; all are kept. */
const MOST_STORIES = 3;

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`--${name} is "${text}", not a whole number.\n${USAGE}`);
  return value;
}

function asMode(text: string | undefined): Mode | null {
  if (text === undefined) return null;
  if (text === 'safety' || text === 'liveness') return text;
  throw new Error(`--mode is "${text}", and must be safety or liveness.\n${USAGE}`);
}

function work(share: Share): Promise<Tally> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: share });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function one(seed: number, mode: Mode, traced: boolean): Promise<Tally> {
  const outcome = await runSeed(seed, mode, true);
  if (traced) console.log(outcome.trace.join('\n'));
  const tally = new Tally();
  tally.add(outcome);
  if (tally.failures.length > 0) console.log(story(tally.failures[0], traced ? [] : outcome.trace));
  return tally;
}

async function many(
  from: number,
  seeds: number,
  mode: Mode | null,
  workers: number,
  corpus: string,
): Promise<Tally> {
  const tally = new Tally();
  for (const entry of readCorpus(corpus)) tally.add(await runSeed(entry.seed, entry.mode));
  const replayed = tally.failures.length;
  console.log(
    `${tally.seeds} seeds that were wrong once: ${replayed === 0 ? 'all right' : `${replayed} wrong again`}`,
  );
  // Both modes for every worker, whatever their number.
  const shares = Array.from({ length: workers }, (_, index) => {
    const part = Math.ceil(seeds / workers);
    const begin = from + index * part;
    return { from: begin, to: Math.min(begin + part, from + seeds), step: 1, mode, most: 20 };
  });
  for (const part of await Promise.all(shares.map(work))) tally.merge(part);
  const fresh = tally.failures.map((failure) => ({
    seed: failure.seed,
    mode: failure.mode,
    found: `${failure.violations[0].invariant}: ${failure.violations[0].text}`,
  }));
  remember(corpus, fresh);
  for (const failure of tally.failures.slice(0, MOST_STORIES)) {
    console.log(story(failure, (await runSeed(failure.seed, failure.mode, true)).trace));
  }
  return tally;
}

/** @param corpus file of the seeds that were wrong once @returns whether everything was right */
export async function simulate(args: string[], corpus: string): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '20000' },
      from: { type: 'string', default: '1' },
      mode: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      workers: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const mode = asMode(values.mode);
  const began = performance.now();
  let tally: Tally;
  if (values.seed === undefined) {
    const [from, seeds] = [whole('from', values.from), whole('seeds', values.seeds)];
    tally = await many(from, seeds, mode, Math.max(1, whole('workers', values.workers)), corpus);
  } else {
    const seed = whole('seed', values.seed);
    tally = await one(seed, mode ?? modeOf(seed), values.trace);
  }
  console.log(summary(tally));
  const failed = tally.failures.length;
  console.log(`${((performance.now() - began) / 1_000).toFixed(1)} s`);
  console.log(`${tally.seeds - failed} passed, ${failed} failed`);
  return failed === 0 && tally.seeds > 0;
}

import { parentPort, workerData } from 'node:worker_threads';
import { modeOf, runSeed } from './run-seed.js';
import { Tally } from './tally.js';
import type { Mode } from './weather.js';

/** Seeds `from`, `from + step`, … below `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly mode: Mode | null;
  /** Stop after that many failures. */
  readonly most: number;
}

const { from, to, step, mode, most } = workerData as Share;
const tally = new Tally();
const rejected: string[] = [];
process.on('unhandledRejection', (reason) => rejected.push(String(reason)));

for (let seed = from; seed < to && tally.failures.length < most; seed += step) {
  const outcome = await runSeed(seed, mode ?? modeOf(seed));
  const unhandled = rejected
    .splice(0)
    .map((text) => ({ invariant: 'I19', text: `nobody handles a rejection: ${text}` }));
  tally.add({ ...outcome, violations: [...outcome.violations, ...unhandled] });
}
parentPort!.postMessage({ ...tally });

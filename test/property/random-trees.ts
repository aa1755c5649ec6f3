import * as fc from 'fast-check';
import type { AnswerMethod } from '../../libs/groupcall/src/domain/status.js';
import { ScriptedChooser, SeededChooser } from './chooser.js';
import { readCorpus, remember } from './corpus.js';
import { play } from './play.js';
import { lifeOf, shortest } from './shortest.js';

/** Random lives in all, shared by the two answer methods: `.ci/run` plays 100,000, which takes about a minute on two cores. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 5_000);
/** The same seed plays the same lives. */
const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000_000);
const MOST_STEPS = 24;
const MINUTES = 60_000;

/** Every rule of a tree, in any number of random lives of random trees with this answer method. */
export function describeRandomTrees(title: string, answerMethod: AnswerMethod): void {
  describe(title, () => {
    const corpus = readCorpus().filter((entry) => entry.answerMethod === answerMethod);

    it.each(corpus)('stays right where it was wrong once: $found', ({ script }) => {
      play(new ScriptedChooser(script), answerMethod);
    });

    it(
      'keeps every rule in as many lives as there is time for',
      () => {
        const runs = Math.ceil(RUNS / 2);
        const begun = performance.now();
        for (let run = 0; run < runs; run += 1) playSeed(SEED + run, answerMethod);
        const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
        process.stderr.write(`${title}: ${runs} random lives in ${seconds} s, PROPERTY_SEED=${SEED}\n`);
      },
      10 * MINUTES,
    );

    it(
      'keeps every rule in the lives that fast-check thinks of',
      () => {
        fc.assert(lifeOf(answerMethod), { seed: SEED, numRuns: Math.ceil(RUNS / 50) });
      },
      10 * MINUTES,
    );
  });
}

function playSeed(seed: number, answerMethod: AnswerMethod): void {
  const chooser = new SeededChooser(seed, MOST_STEPS);
  try {
    play(chooser, answerMethod);
  } catch (error) {
    const found = shortest(chooser.script, answerMethod);
    if (!found) throw error;
    remember({ found: found.error.message.split('\n')[0].slice(0, 120), answerMethod, script: found.script });
    found.error.message = `PROPERTY_SEED=${seed} (kept in test/property/corpus.json): ${found.error.message}`;
    throw found.error;
  }
}

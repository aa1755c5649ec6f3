import { join } from 'node:path';
import { readCorpus } from './corpus.js';
import { story } from './report.js';
import { modeOf, runSeed, type Outcome } from './run-seed.js';
import { Tally } from './tally.js';

/** Worlds in one run; `npm run simulate` plays as many as there is time for. */
const SEEDS = 200;
/** So few in one test that a busy machine has time for them. */
const AT_ONCE = 20;
const BATCHES = Array.from({ length: SEEDS / AT_ONCE }, (_, index) => 1 + index * AT_ONCE);
const CORPUS = readCorpus(join(__dirname, 'corpus.json'));

const INVARIANTS = Array.from({ length: 21 }, (_, index) => `I${index + 1}`)
  // Real processes show it (test/faults), and here every rejection that nobody handles.
  .filter((invariant) => invariant !== 'I19');

describe('three processes on one database, in virtual time, with everything going wrong', () => {
  const tally = new Tally();

  it('are right in the worlds in which they were wrong once', async () => {
    for (const { seed, mode } of CORPUS) await mustBeRight(await runSeed(seed, mode));
  });

  it.each(BATCHES)('are right whatever the seed: from %i', async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed += 1) {
      const outcome = await runSeed(seed, modeOf(seed));
      await mustBeRight(outcome);
      tally.add(outcome);
    }
  });

  it.each(INVARIANTS)('were really looked at for %s', (invariant) => {
    expect(tally.looked[invariant]).toBeGreaterThan(0);
  });

  it.each([
    'conflicts',
    'unknownCommits',
    'effectsRetried',
    'alarmsTimed',
    'alarmsRung',
    'alarmsSwept',
    'reconciled',
    'orphanCalls',
    'lateAnswers',
    'commandsForwarded',
    'forwardsGivenUp',
  ])('met %s', (what) => {
    expect(tally.happened[what]).toBeGreaterThan(0);
  });

  it('live the same life whenever the seed is the same', async () => {
    const [once, again] = [await runSeed(11, 'liveness', true), await runSeed(11, 'liveness', true)];
    expect(once.trace.length).toBeGreaterThan(100);
    expect(again.trace).toEqual(once.trace);
  });

  it('do not get into the story of another that is asked for at the same time', async () => {
    const alone = await runSeed(11, 'liveness', true);
    expect(alone.trace.join('\n')).toContain('log: ');
    const [, among] = await Promise.all([
      runSeed(12, 'liveness'),
      runSeed(11, 'liveness', true),
      runSeed(13, 'liveness'),
    ]);
    expect(among.trace).toEqual(alone.trace);
  });
});

async function mustBeRight({ seed, mode, violations }: Outcome): Promise<void> {
  if (violations.length === 0) return;
  throw new Error(story({ seed, mode, violations }, (await runSeed(seed, mode, true)).trace));
}

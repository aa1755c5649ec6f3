import { play } from '../property/play.js';
import { SeededChooser } from '../property/chooser.js';
import { modeOf, runSeed } from '../simulation/run-seed.js';

/** What the two kinds of random tests have noticed; null: nothing. */
export interface Catch {
  readonly property: string | null;
  readonly simulation: string | null;
}

const LIVES = 2_000;
const MOST_STEPS = 24;
/** Who is noticed here at all is noticed within the first hundred. */
const WORLDS = 200;

/** Looks for a defect in the sources that this file was compiled with; stops at the first thing noticed. */
async function hunt(): Promise<Catch> {
  return { property: randomLives(), simulation: await simulatedWorlds() };
}

function randomLives(): string | null {
  for (let seed = 1; seed <= LIVES; seed += 1) {
    try {
      play(new SeededChooser(seed, MOST_STEPS), seed % 2 === 0 ? 'hangup_others' : '');
    } catch (error) {
      return String(error).split('\n')[0];
    }
  }
  return null;
}

async function simulatedWorlds(): Promise<string | null> {
  const rejected: string[] = [];
  process.on('unhandledRejection', (reason) => rejected.push(String(reason)));
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { violations } = await runSeed(seed, modeOf(seed));
    if (violations.length > 0) return `${violations[0].invariant}, seed ${seed}: ${violations[0].text}`;
    if (rejected.length > 0) return `I19, seed ${seed}: ${rejected[0]}`;
  }
  return null;
}

console.log(JSON.stringify(await hunt()));

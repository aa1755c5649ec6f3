import type { Laboratory } from '../world/laboratory.js';
import { Random } from '../random.js';
import { Slot } from '../world/slot.js';
import { CASES, LIVE_LEGS, missed, runCase, type Case } from './run-case.js';

/** Cases side by side: each lane has a server, a database, an alarm queue and a gateway account of its own. */
const LANES = 8;

/** How many of the cases are enough. */
export interface CaseTime {
  /** Their order. */
  readonly seed: number;
  /** ms after which no more are begun. */
  readonly limit: number;
  /** With fewer the run has failed; more than there are: all of them. */
  readonly least: number;
}

/** @param only part of a case's name, `F7/hang/linear` */
export async function runCases(
  lab: Laboratory,
  only: string,
  { seed, limit, least }: CaseTime,
): Promise<{ passed: number; failed: number }> {
  const cases = CASES.filter(({ name }) => `${name}/`.includes(only));
  if (cases.length === 0)
    throw new Error(`No case is called "${only}": they are called like ${CASES[0].name}.`);
  const began = performance.now();
  // What there is no time for shall be something else each time.
  const waiting = new Random(seed).shuffled(cases);
  const failed = new Map<string, string[]>();
  await Promise.all(
    Array.from({ length: Math.min(LANES, cases.length) }, async (_, index) => {
      await inLane(
        lab,
        `lane_${index}`,
        index,
        () => (performance.now() - began < limit ? waiting.shift() : undefined),
        (one, wrong) => {
          if (wrong.length === 0) return;
          failed.set(one.name, wrong);
          console.log(`FAILED ${one.name}: ${wrong.slice(0, 5).join(' | ')}`);
        },
      );
    }),
  );
  const took = Math.round((performance.now() - began) / 1000);
  const done = cases.length - waiting.length;
  console.log(`${done} of ${cases.length} failpoint cases in ${took} s, ${failed.size} failed`);
  const isEnough = done >= Math.min(least, cases.length);
  if (!isEnough) console.log(`FAILED: ${done} cases are too few.`);
  return { passed: done - failed.size, failed: failed.size + (isEnough ? 0 : 1) };
}

async function inLane(
  lab: Laboratory,
  name: string,
  index: number,
  next: () => Case | undefined,
  tell: (one: Case, wrong: string[]) => void,
): Promise<void> {
  await lab.databases.create(name);
  const slot = await Slot.open(index, lab, name, LIVE_LEGS);
  await lab.judge.deliver(name, { servers: [slot.url] });
  try {
    for (let one = next(); one; one = next()) {
      let wrong = await runCase(lab, slot, name, one);
      // No invariant was broken, only the moment was missed: it is a life without its fault that proves nothing.
      if (wrong.length === 1 && wrong[0] === missed(one)) {
        console.log(`${missed(one)} in ${one.name}: once more`);
        wrong = await runCase(lab, slot, name, one, `${one.name}/again`);
      }
      tell(one, wrong);
    }
  } finally {
    await slot.abandon();
  }
}

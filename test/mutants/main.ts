import { parseArgs } from 'node:util';
import type { Defect } from './defect.js';
import { DEFECTS } from './defects.js';
import { huntInAdapters } from './hunt-in-adapters.js';
import { huntInLaboratory } from './hunt-in-laboratory.js';
import type { Catch } from './hunter.js';
import { firstLine, runProgram, runSpecs, sideBySide } from './run-program.js';

/** How the runner makes a copy of the compiled sources with a defect in it; null: without. */
export type MakeCopy = (defect: Defect | null) => Promise<{ hunter: string; remove: () => Promise<void> }>;

/** Who has noticed what; null: nothing. */
interface Verdict extends Catch {
  readonly specs: string | typeof NOT_ASKED | null;
}

const NOT_ASKED = Symbol('not asked');

/** A hunt that takes longer, ms, has run into something that never ends: noticed. */
const LONGEST = 180_000;

/** Defects that were noticed, and those that nobody has noticed. */
export interface Count {
  readonly noticed: number;
  readonly missed: number;
}

/** @returns whether every defect was noticed, and nothing is noticed where there is none */
export async function runMutants(args: string[], root: string, makeCopy: MakeCopy): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      adapters: { type: 'boolean', default: false },
      chaos: { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
    },
  });
  const { only, adapters, chaos, first } = values;
  const began = performance.now();
  const { noticed, missed } = chaos
    ? await huntInLaboratory(only, root)
    : adapters
      ? await huntInAdapters(only, root)
      : await huntInCore({ only, root, makeCopy, isFirstEnough: first });
  console.log(`${((performance.now() - began) / 1_000).toFixed(0)} s`);
  console.log(`${noticed} passed, ${missed} failed`);
  return missed === 0 && noticed > 0;
}

interface Hunt {
  /** Part of the names of the defects that are wanted. */
  readonly only: string;
  readonly root: string;
  readonly makeCopy: MakeCopy;
  /** The specs, which take longest, are asked only about defects that nobody else has noticed. */
  readonly isFirstEnough: boolean;
}

/** Defects of rules and runtime: specs, property tests and simulation. */
async function huntInCore(hunt: Hunt): Promise<Count> {
  const wanted = DEFECTS.filter(({ name }) => name.includes(hunt.only));
  if (wanted.length === 0) return { noticed: 0, missed: 0 };
  const none = await judge(null, hunt);
  const falseAlarm = none.property ?? none.simulation ?? none.specs;
  if (falseAlarm !== null) {
    console.log(`Something is noticed although no defect was put in: ${String(falseAlarm)}`);
    return { noticed: 0, missed: 1 };
  }
  const verdicts = new Map<Defect, Verdict>();
  await sideBySide(wanted, async (defect) => {
    verdicts.set(defect, await judge(defect, hunt));
  });
  return report(wanted, verdicts);
}

async function judge(defect: Defect | null, { root, makeCopy, isFirstEnough }: Hunt): Promise<Verdict> {
  const copy = await makeCopy(defect);
  try {
    const noticed = await randomTests(copy.hunter, root);
    const isEnough = isFirstEnough && (noticed.property ?? noticed.simulation) !== null;
    return { specs: isEnough ? NOT_ASKED : await runSpecs(defect, root, LONGEST), ...noticed };
  } finally {
    await copy.remove();
  }
}

async function randomTests(hunter: string, root: string): Promise<Catch> {
  const hunt = await runProgram([hunter], root, {}, LONGEST);
  if (hunt === null) return { property: null, simulation: 'it does not come to an end' };
  if (hunt.code !== 0) return { property: null, simulation: firstLine(hunt.errors) };
  return JSON.parse(hunt.text) as Catch;
}

function report(wanted: readonly Defect[], verdicts: ReadonlyMap<Defect, Verdict>): Count {
  const widest = Math.max(...wanted.map(({ name }) => name.length));
  console.log(`${'defect'.padEnd(widest)}  specs  property  simulation`);
  let noticed = 0;
  for (const defect of wanted) {
    const { specs, property, simulation } = verdicts.get(defect)!;
    const mark = (one: Verdict['specs'], width: number) =>
      (one === null ? '-' : one === NOT_ASKED ? '' : 'yes').padEnd(width);
    const line = `${defect.name.padEnd(widest)}  ${mark(specs, 5)}  ${mark(property, 8)}  ${mark(simulation, 3)}`;
    const first = simulation ?? property ?? specs;
    if (first !== null) noticed += 1;
    console.log(`${line}  ${first === null ? 'NOBODY NOTICES' : String(first).slice(0, 110)}`);
  }
  return { noticed, missed: wanted.length - noticed };
}

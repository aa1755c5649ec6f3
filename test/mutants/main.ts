import { parseArgs } from 'node:util';
import { DEFECTS, type Defect } from './defects.js';
import { huntInAdapters } from './hunt-in-adapters.js';
import { huntInLaboratory } from './hunt-in-laboratory.js';
import type { Catch } from './hunter.js';
import { firstLine, runProgram, runSpecs, sideBySide } from './run-program.js';

/** How the runner makes a copy of the compiled sources with a defect in it; null: without. */
export type MakeCopy = (defect: Defect | null) => Promise<{ hunter: string; remove: () => Promise<void> }>;

/** Who has noticed what; null: nothing. */
interface Verdict extends Catch {
  readonly specs: string | null;
}

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
    },
  });
  const { only, adapters, chaos } = values;
  const began = performance.now();
  const { noticed, missed } = chaos
    ? await huntInLaboratory(only, root)
    : adapters
      ? await huntInAdapters(only, root)
      : await huntInCore(only, root, makeCopy);
  console.log(`${((performance.now() - began) / 1_000).toFixed(0)} s`);
  console.log(`${noticed} passed, ${missed} failed`);
  return missed === 0 && noticed > 0;
}

/** Defects of rules and runtime: specs, property tests and simulation. */
async function huntInCore(only: string, root: string, makeCopy: MakeCopy): Promise<Count> {
  const wanted = DEFECTS.filter(({ name }) => name.includes(only));
  if (wanted.length === 0) return { noticed: 0, missed: 0 };
  const none = await judge(null, root, makeCopy);
  const falseAlarm = none.specs ?? none.property ?? none.simulation;
  if (falseAlarm !== null) {
    console.log(`Something is noticed although no defect was put in: ${falseAlarm}`);
    return { noticed: 0, missed: 1 };
  }
  const verdicts = new Map<Defect, Verdict>();
  await sideBySide(wanted, async (defect) => {
    verdicts.set(defect, await judge(defect, root, makeCopy));
  });
  return report(wanted, verdicts);
}

async function judge(defect: Defect | null, root: string, makeCopy: MakeCopy): Promise<Verdict> {
  const copy = await makeCopy(defect);
  try {
    const specs = await runSpecs(defect, root, LONGEST);
    const hunt = await runProgram([copy.hunter], root, {}, LONGEST);
    if (hunt === null) return { specs, property: null, simulation: 'it does not come to an end' };
    if (hunt.code !== 0) return { specs, property: null, simulation: firstLine(hunt.errors) };
    return { specs, ...(JSON.parse(hunt.text) as Catch) };
  } finally {
    await copy.remove();
  }
}

function report(wanted: readonly Defect[], verdicts: ReadonlyMap<Defect, Verdict>): Count {
  const widest = Math.max(...wanted.map(({ name }) => name.length));
  console.log(`${'defect'.padEnd(widest)}  specs  property  simulation`);
  let noticed = 0;
  for (const defect of wanted) {
    const { specs, property, simulation } = verdicts.get(defect)!;
    const mark = (one: string | null, width: number) => (one === null ? '-' : 'yes').padEnd(width);
    const line = `${defect.name.padEnd(widest)}  ${mark(specs, 5)}  ${mark(property, 8)}  ${mark(simulation, 3)}`;
    const first = simulation ?? property ?? specs;
    if (first !== null) noticed += 1;
    console.log(`${line}  ${first === null ? 'NOBODY NOTICES' : first.slice(0, 110)}`);
  }
  return { noticed, missed: wanted.length - noticed };
}

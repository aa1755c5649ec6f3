import { DEFECTS_FOR_THE_LABORATORY, HEALTHY_RUNS } from './defects-for-the-laboratory.js';
import type { Count } from './main.js';
import { runProgram, type Outcome } from './run-program.js';

const LONGEST = 600_000;

/** Defects in real processes that are killed over and over. Takes a minute or two for each. */
export async function huntInLaboratory(only: string, root: string): Promise<Count> {
  const wanted = DEFECTS_FOR_THE_LABORATORY.filter(({ name }) => name.includes(only));
  for (const run of HEALTHY_RUNS.filter((one) => wanted.some((defect) => defect.run === one))) {
    const alarm = whatIsBroken(await inLaboratory(run, null, root));
    if (alarm === null) continue;
    console.log(`The laboratory notices something although no defect was put in: ${alarm}`);
    return { noticed: 0, missed: 1 };
  }
  let noticed = 0;
  for (const defect of wanted) {
    const broken = whatIsBroken(await inLaboratory(defect.run, defect, root));
    console.log(`${defect.name}\n    ${broken ?? 'NOBODY NOTICES'}`);
    if (broken !== null) noticed += 1;
  }
  return { noticed, missed: wanted.length - noticed };
}

function inLaboratory(run: readonly string[], defect: object | null, root: string): Promise<Outcome | null> {
  const env = { DEFECT: JSON.stringify(defect) };
  return runProgram(['test/faults/chaos.mjs', ...run], root, env, LONGEST);
}

/** The invariants that the run has found broken, and the first finding. */
function whatIsBroken(outcome: Outcome | null): string | null {
  if (outcome === null) return 'it does not come to an end';
  if (outcome.code === 0) return null;
  const found = [...outcome.text.matchAll(/^BROKEN (\w+): (.*)$/gm)];
  const invariants = [...new Set(found.map(([, invariant]) => invariant))].join(', ');
  if (found.length > 0) return `${invariants}: ${found[0][2].slice(0, 160)}`;
  throw new Error(`The laboratory failed without a finding:\n${outcome.text}\n${outcome.errors}`);
}

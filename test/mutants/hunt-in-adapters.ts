import { DEFECTS_OF_ADAPTERS } from './defects-of-adapters.js';
import { runSpecs, sideBySide } from './run-program.js';
import type { Count } from './main.js';

/** A suite that takes longer, ms, hangs: noticed. */
const LONGEST = 180_000;

/** Defects of the storage adapters, and their suites on real databases. */
export async function huntInAdapters(only: string, root: string): Promise<Count> {
  const wanted = DEFECTS_OF_ADAPTERS.filter(({ name }) => name.includes(only));
  if (wanted.length === 0) return { noticed: 0, missed: 0 };
  for (const suite of new Set(wanted.map((one) => one.suite))) {
    const alarm = await runSpecs(null, root, LONGEST, suite);
    if (alarm !== null) {
      console.log(`${suite} notices something although no defect was put in: ${alarm}`);
      return { noticed: 0, missed: 1 };
    }
  }
  const caught = new Map<string, string | null>();
  await sideBySide(wanted, async (defect) => {
    caught.set(defect.name, await runSpecs(defect, root, LONGEST, defect.suite));
  });
  console.log('\ndefect of an adapter, and who notices');
  for (const { name, suite } of wanted)
    console.log(`${name}\n    ${suite}: ${caught.get(name) ?? 'NOBODY NOTICES'}`);
  const noticed = [...caught.values()].filter((one) => one !== null).length;
  return { noticed, missed: wanted.length - noticed };
}

import { eventually } from '../../support/eventually.js';
import type { Violation } from '../checker/records.js';
import type { Laboratory } from '../world/laboratory.js';
import type { Slot } from '../world/slot.js';

/** I19: what must not be left behind when all is quiet: borrowed connections, open transactions, stray errors, dead servers. */
export async function residue(
  lab: Laboratory,
  slots: readonly Slot[],
  database: string,
): Promise<Violation[]> {
  const found: string[] = [];
  found.push(...lab.newDefects());
  for (const slot of slots) found.push(...slot.deaths.splice(0));
  await eventually(
    async () => {
      for (const slot of slots.filter((one) => one.isReady)) {
        const { poolTotal, poolIdle, poolWaiting } = await slot.current.health();
        if (poolIdle !== poolTotal || poolWaiting > 0) {
          throw new Error(
            `server ${slot.index}: ${poolIdle} of ${poolTotal} connections idle, ${poolWaiting} waiting`,
          );
        }
      }
      const open = await lab.databases.idleTransactions(database);
      if (open > 0) throw new Error(`${open} sessions idle in a transaction`);
    },
    { timeout: 30_000, interval: 40 },
  ).catch((error: unknown) => found.push((error as Error).message));
  return found.map((text) => ({ invariant: 'I19', text }));
}

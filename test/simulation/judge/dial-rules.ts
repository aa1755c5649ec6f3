import { lastOf } from '../../faults/checker/index-records.js';
import type { Finding } from '../../faults/checker/records.js';
import { legAt, type SimulationIndex } from './history.js';

/** I7: nobody new is planned after the answer, neither leg nor child, nor for a groupcall that is being hung up. */
export function nobodyNew({ trees }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    for (let index = 1; index < versions.length; index += 1) {
      const [before, after] = [versions[index - 1], versions[index]];
      const fresh = [
        ...after.legs.slice(before.legs.length).map(({ id, groupcall_id: parent }) => ({ id, parent })),
        ...after.groupcalls
          .slice(before.groupcalls.length)
          .map(({ id, master_groupcall_id: parent }) => ({ id, parent })),
      ];
      for (const { id, parent } of fresh) {
        looked += 1;
        if (before.winnerLegId !== null) violations.push(`${id} was planned after the answer`);
        const status = before.groupcalls.find((one) => one.id === parent)?.status ?? 'progressing';
        if (status !== 'progressing') violations.push(`${id} was planned for a groupcall that is ${status}`);
      }
    }
  }
  return { looked, violations };
}

/** I7: in an answered tree nobody is still to be dialled, not even by an order that is being repeated. */
export function nobodyToDial({ trees }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    const answered = versions.find(({ winnerLegId }) => winnerLegId !== null);
    if (!answered) continue;
    looked += 1;
    for (const { id, status } of answered.legs)
      if (status === 'planned') violations.push(`${id} is still to be dialled after the answer`);
  }
  return { looked, violations };
}

/** I7: whoever was placed was still wanted when some process took the order to dial out of the outbox. */
export function wantedWhenClaimed({ calls, claims, treeOfLeg }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const { id, creates } of calls.values()) {
    const placed = creates.find((one) => one.outcome === 'placed');
    const versions = treeOfLeg.get(id);
    if (!placed || !versions) continue;
    looked += 1;
    const wanted = claims.some(
      ({ legId, at }) => legId === id && at <= placed.at && legAt(versions, id, at)?.status === 'planned',
    );
    if (!wanted)
      violations.push(`call ${id} was dialled although its leg was given up when the dial was claimed`);
  }
  return { looked, violations };
}

/** SPEC 4.11: a leg fails when the gateway has refused it or its call has failed, and not because nobody answered us. */
export function failedForAReason({ trees, calls, ledger }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  const failures = new Set(
    ledger.flatMap((one) => (one.kind === 'call' && one.reason === 'failed' ? [one.id] : [])),
  );
  for (const versions of trees.values()) {
    for (const leg of lastOf(versions).legs) {
      if (leg.hangup_reason !== 'failed') continue;
      looked += 1;
      const refused = calls.get(leg.id)?.creates.some(({ outcome }) => outcome === 'refused');
      if (!refused && !failures.has(leg.id))
        violations.push(`leg ${leg.id} counts as failed although nobody has said so`);
    }
  }
  return { looked, violations };
}

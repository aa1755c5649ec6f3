import { lastOf, legIn, placedAt } from '../../faults/checker/index-records.js';
import type { Finding } from '../../faults/checker/records.js';
import { isUndecided, type SimulationIndex } from './history.js';

/** ms after healing until what went wrong before must have worn off. */
export const CONVALESCENCE = 10_000;
/** ms within which a healthy world ends a call that nobody wants any more. */
const PROMPT = 1_500;

/** I13: nobody is hung up for ringing too long before its time is over, and in a healthy world not long after it. */
export function inTime({ trees, healedAt, alarmPatience }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    for (let index = 1; index < versions.length; index += 1) {
      const [before, after] = [versions[index - 1], versions[index]];
      before.legs.forEach((leg, place) => {
        const now = after.legs[place];
        if (now === leg || !isUndecided(leg) || isUndecided(now)) return;
        if (now.hangup_reason === 'dialout') {
          looked += 1;
          if (after.at < leg.dial_deadline)
            violations.push(
              `leg ${leg.id} was hung up ${leg.dial_deadline - after.at} ms before its deadline`,
            );
        }
        const due = Math.max(leg.dial_deadline + alarmPatience, healedAt + CONVALESCENCE);
        if (after.at > due) violations.push(`leg ${leg.id} rang ${after.at - leg.dial_deadline} ms too long`);
      });
    }
  }
  return { looked, violations };
}

/** I6: in a healthy world whoever answers and does not win is hung up at once, not when somebody looks for it. */
export function losersEndSoon({ calls, treeOfLeg, healedAt }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const { id, answered, ended } of calls.values()) {
    const versions = treeOfLeg.get(id);
    if (!answered || answered.at < healedAt + CONVALESCENCE || !versions) continue;
    if (lastOf(versions).winnerLegId === id) continue;
    looked += 1;
    if (!ended || ended.at > answered.at + PROMPT)
      violations.push(`call ${id} was answered, lost, and was not hung up within ${PROMPT} ms`);
  }
  return { looked, violations };
}

/** I3: in a healthy world a call that is to be hung up ends at once. */
export function unwantedEndSoon({ calls, trees, healedAt }: SimulationIndex): Finding {
  const violations: string[] = [];
  let looked = 0;
  for (const versions of trees.values()) {
    for (const { id } of lastOf(versions).legs) {
      const given = versions.find((version) => legIn(version, id)?.status === 'hangingup');
      const call = calls.get(id);
      if (!given || given.at < healedAt + CONVALESCENCE || !call || placedAt(call) === undefined) continue;
      looked += 1;
      if (!call.ended || call.ended.at > given.at + PROMPT)
        violations.push(`call ${id} was to be hung up, and was not within ${PROMPT} ms`);
    }
  }
  return { looked, violations };
}

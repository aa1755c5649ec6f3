import { RULES, type Verdict } from '../../faults/checker/check.js';
import {
  commitBeforeDial,
  linearOrder,
  noDialAfterDecision,
  onePerId,
} from '../../faults/checker/dial-rules.js';
import { indexRecords } from '../../faults/checker/index-records.js';
import { documentedAnswers, oneCustomer, oneKeyOneGroupcall } from '../../faults/checker/outside-rules.js';
import type { Finding } from '../../faults/checker/records.js';
import {
  countsFollow,
  limitsHold,
  onlyForward,
  pathsAndDescendants,
  versionsCount,
} from '../../faults/checker/state-rules.js';
import { oneWinner, winnerAnswered } from '../../faults/checker/winner-rules.js';
import type { Mode } from '../weather.js';
import { failedForAReason, nobodyNew, nobodyToDial, wantedWhenClaimed } from './dial-rules.js';
import type { SimulationIndex } from './history.js';
import type { SimulationRecords } from './recorder.js';
import { inTime, losersEndSoon, unwantedEndSoon } from './time-rules.js';
import { eventsInOrder, toldIsCommitted } from './told-rules.js';

type Rule = readonly [invariant: string, rule: (records: SimulationIndex) => Finding];

/** True at every moment, whatever goes wrong: of the rules for real processes those that need no rest. */
const ALWAYS: readonly Rule[] = [
  ['I1', oneWinner],
  ['I2', winnerAnswered],
  ['I4', onePerId],
  ['I5', commitBeforeDial],
  ['I8', linearOrder],
  ['I9', onlyForward],
  ['I10', versionsCount],
  ['I11', pathsAndDescendants],
  ['I12', countsFollow],
  ['I15', oneCustomer],
  ['I16', limitsHold],
  ['I17', oneKeyOneGroupcall],
  ['I18', documentedAnswers],
];

/**
 * All of them. Only the one about dials after the decision has to guess which claim led to a dial, and here a dial may
 * arrive long after its claim: {@link wantedWhenClaimed} knows.
 */
const AT_REST: readonly Rule[] = RULES.filter(([, rule]) => rule !== noDialAfterDecision);

/** What only a world sees in which every moment is known. */
const OWN: readonly Rule[] = [
  ['I3', unwantedEndSoon],
  ['I6', losersEndSoon],
  ['I7', nobodyNew],
  ['I7', nobodyToDial],
  ['I7', wantedWhenClaimed],
  ['I10', eventsInOrder],
  ['I13', inTime],
  ['I20', toldIsCommitted],
  ['SPEC 4.11', failedForAReason],
];

/** `safety`: rules that hold at every moment. `liveness`: the world has come to rest, so all of them must hold. */
export function judge(records: SimulationRecords, mode: Mode, restless: readonly string[]): Verdict {
  const indexed: SimulationIndex = { ...records, ...indexRecords(records) };
  const verdict: Verdict = { violations: [], looked: new Map() };
  for (const [invariant, rule] of [...(mode === 'safety' ? ALWAYS : AT_REST), ...OWN]) {
    const { looked, violations } = rule(indexed);
    verdict.looked.set(invariant, (verdict.looked.get(invariant) ?? 0) + looked);
    verdict.violations.push(...violations.map((text) => ({ invariant, text })));
  }
  if (mode === 'liveness') verdict.looked.set('rest', 1);
  verdict.violations.push(...restless.map((text) => ({ invariant: 'rest', text })));
  return verdict;
}

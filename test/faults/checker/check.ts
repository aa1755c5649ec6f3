import { commitBeforeDial, deadlines, linearOrder, noDialAfterDecision, onePerId } from './dial-rules.js';
import { indexRecords, type Indexed } from './index-records.js';
import {
  documentedAnswers,
  eventsArrive,
  oneCustomer,
  oneKeyOneGroupcall,
  outboxEmpty,
} from './outside-rules.js';
import type { Finding, Records, Violation } from './records.js';
import { countsFollow, limitsHold, onlyForward, pathsAndDescendants, versionsCount } from './state-rules.js';
import { answersAddUp, noLostAnswer, nothingRings, oneWinner, winnerAnswered } from './winner-rules.js';

/** The invariants of RELIABILITY 5.1 that real processes can show. I19 is asked from the processes themselves. */
export const RULES: readonly (readonly [string, (records: Indexed) => Finding])[] = [
  ['I1', oneWinner],
  ['I2', winnerAnswered],
  ['I3', nothingRings],
  ['I4', onePerId],
  ['I5', commitBeforeDial],
  ['I6', noLostAnswer],
  ['I7', noDialAfterDecision],
  ['I8', linearOrder],
  ['I9', onlyForward],
  ['I10', versionsCount],
  ['I10', eventsArrive],
  ['I11', pathsAndDescendants],
  ['I12', countsFollow],
  ['I13', deadlines],
  ['I14', outboxEmpty],
  ['I15', oneCustomer],
  ['I16', limitsHold],
  ['I17', oneKeyOneGroupcall],
  ['I18', documentedAnswers],
  ['I21', answersAddUp],
];

export interface Verdict {
  readonly violations: Violation[];
  /** How many things each invariant has looked at: a rule that saw nothing proves nothing. */
  readonly looked: Map<string, number>;
}

/** Judges records of trees that have come to rest. */
export function check(records: Records): Verdict {
  const indexed = indexRecords(records);
  const verdict: Verdict = { violations: [], looked: new Map() };
  for (const [invariant, rule] of RULES) {
    const { looked, violations } = rule(indexed);
    verdict.looked.set(invariant, (verdict.looked.get(invariant) ?? 0) + looked);
    verdict.violations.push(...violations.map((text) => ({ invariant, text })));
  }
  return verdict;
}

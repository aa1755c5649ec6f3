import type { LedgerEntry } from '../judge/ledger.js';
import { check } from './check.js';
import { goodRecords, LEGS, ROOT, type Draft } from './good-records.js';
import { NIL } from './records.js';

/** One way in which a history can be wrong, and the invariant that must notice. */
type Damage = readonly [invariant: string, what: string, damage: (draft: Draft) => void];

const [winner, loser] = LEGS;
const entries = (draft: Draft, kind: LedgerEntry['kind']) =>
  draft.ledger.filter((one) => one.kind === kind) as any[];
const lastLeg = (draft: Draft, index: number) => draft.versions.at(-1)!.legs[index];

const DAMAGES: readonly Damage[] = [
  ['I1', 'the winner changes', (draft) => (draft.versions.at(-1)!.winnerLegId = loser)],
  ['I1', 'two legs talk', (draft) => (draft.versions[2].legs[1].status = 'progressing')],
  [
    'I2',
    'the winner never answered',
    (draft) => remove(draft, (one) => one.kind === 'call' && one.state === 'answered'),
  ],
  ['I3', 'a loser rings on', (draft) => draft.living.push(loser)],
  ['I4', 'a call is placed twice', (draft) => draft.ledger.push({ ...entries(draft, 'create')[0] })],
  [
    'I4',
    'another number is dialled',
    (draft) => (entries(draft, 'create')[0].order.to.target = 'somebody@else'),
  ],
  ['I5', 'a dial before its commit', (draft) => (entries(draft, 'create')[0].at = 1)],
  ['I5', 'a dial of nobody', (draft) => (entries(draft, 'create')[0].id = ROOT)],
  ['I6', '2xx before the commit', (draft) => (entries(draft, 'notified')[0].at = draft.versions[1].at)],
  ['I6', 'an answer goes on', (draft) => loserAnswers(draft, false)],
  ['I7', 'a dial after the decision', (draft) => dialLate(draft)],
  [
    'I7',
    'a dial after an answer that leaves the others alone',
    (draft) => {
      for (const version of draft.versions) version.groupcalls[0].answer_method = '';
      dialLate(draft);
    },
  ],
  [
    'I8',
    'two at once in a linear groupcall',
    (draft) => (draft.versions[1].groupcalls[0].ring_method = 'linear'),
  ],
  ['I9', 'a leg goes back', (draft) => (lastLeg(draft, 1).status = 'ringing')],
  ['I9', 'a leg disappears', (draft) => void draft.versions.at(-1)!.legs.pop()],
  ['I10', 'a version is missing', (draft) => void draft.versions.splice(1, 1)],
  ['I10', 'a version is committed twice', (draft) => draft.versions.splice(1, 0, draft.versions[1])],
  [
    'I10',
    'an event is lost',
    (draft) => remove(draft, (one) => one.kind === 'event' && one.event.sequence === 3),
  ],
  ['I10', 'two ends', (draft) => (entries(draft, 'event')[0].event.type = 'groupcall_hangup')],
  ['I11', 'an ended groupcall with a living leg', (draft) => (lastLeg(draft, 0).status = 'progressing')],
  ['I11', 'the path misses the winner', (draft) => (draft.versions[2].groupcalls[0].answer_call_id = NIL)],
  ['I12', 'a wrong count', (draft) => (draft.versions[1].groupcalls[0].call_count = 1)],
  ['I12', 'a customer’s counter drifts', (draft) => (draft.liveLegs[0].now = 1)],
  ['I13', 'hung up before its time', (draft) => (draft.versions[2].legs[1].hangup_reason = 'dialout')],
  ['I13', 'a leg is forgotten', (draft) => (lastLeg(draft, 1).status = 'ringing')],
  [
    'I14',
    'an effect is left',
    (draft) =>
      draft.outbox.push({
        rootId: ROOT,
        kind: 'hangup',
        legId: loser,
        status: 'dead',
        attempts: 9,
        lastError: null,
      }),
  ],
  ['I15', 'a leg of somebody else', (draft) => (lastLeg(draft, 0).customer_id = ROOT)],
  ['I16', 'over the limit', (draft) => (draft.liveLegs[0].most = 99)],
  ['I17', 'a promise is not kept', (draft) => draft.callers[0].replies.push({ status: 201, id: winner })],
  ['I17', 'a key is used for two requests', (draft) => draft.callers[0].misuse.push(201)],
  ['I18', 'an answer that nobody documented', (draft) => draft.callers[0].replies.push({ status: 500 })],
  ['I21', 'an answered call that nobody accounts for', (draft) => loserAnswers(draft, true)],
];

/**
 * The checker on trial, before it judges anybody: a good history must pass, and every damaged one must be found out.
 * @throws Error naming what it has overlooked
 */
export function testChecker(): number {
  const clean = check(goodRecords(() => undefined)).violations;
  if (clean.length > 0)
    throw new Error(`The checker finds fault with a good history: ${JSON.stringify(clean)}`);
  for (const [invariant, what, damage] of DAMAGES) {
    const found = check(goodRecords(damage)).violations;
    if (!found.some((one) => one.invariant === invariant)) {
      throw new Error(`The checker has overlooked a broken ${invariant}: ${what}`);
    }
  }
  return DAMAGES.length;
}

function remove(draft: Draft, which: (entry: LedgerEntry) => boolean): void {
  draft.ledger.splice(0, draft.ledger.length, ...draft.ledger.filter((one) => !which(one)));
}

/** The loser answers as well; its call then goes on, or was ended by the dead-man's switch alone. */
function loserAnswers(draft: Draft, ended: boolean): void {
  remove(draft, (one) => one.kind === 'call' && one.id === loser);
  const base = { t: 90, at: 290, account: 'lab', kind: 'call', id: loser } as const;
  draft.ledger.push({ ...base, state: 'answered' });
  if (ended) draft.ledger.push({ ...base, at: 400, state: 'ended', reason: 'normal', by: 'dead_man' });
}

function dialLate(draft: Draft): void {
  const create = entries(draft, 'create').find((one) => one.id === loser);
  create.at = 5_000;
  draft.claims.push({ legId: loser, at: 4_990 });
}

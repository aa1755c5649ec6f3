import { NIL_UUID } from '@groupcall/shared';
import { memberId, memberNumber } from '../../../domain/member-id.js';
import type {
  GroupcallHangupReason,
  GroupcallStatus,
  HangupBy,
  LegHangupReason,
  LegStatus,
} from '../../../domain/status.js';
import type { GroupcallState, LegState, Slot } from '../../../domain/tree-state.js';
import type { StoredGroupcall } from '../tree-mapper.js';

/**
 * What changes of a tree's members, as JSON, one entry for each (members.ts makes texts of them).
 *
 * A leg: `[groupcall, destination_index, status, hangup_reason, hangup_by, tm_create, tm_dial, tm_ringing, tm_answer, tm_hangup,
 * dial_deadline]`. A groupcall: `[-1, slots, answer_call, answer_groupcall, call_count, groupcall_count, dial_index,
 * tm_update]`, where a slot is a leg's number, 0 for a destination that waits, -1 for one being looked up, -1 less
 * a child's number, or the reason why it has failed. Members are told by their numbers (0: the root, or nobody), words by
 * their places in the lists below, moments in ms since the root was created. The views `groupcall` and `groupcall_leg` read the
 * same: what is here may be added to, but not put in another order.
 */
export const GROUPCALL_STATUS_CODES: readonly GroupcallStatus[] = ['progressing', 'hangingup', 'hangup'];
export const LEG_STATUS_CODES: readonly LegStatus[] = [
  'planned',
  'dialing',
  'ringing',
  'progressing',
  'hangingup',
  'hangup',
];
export const HANGUP_REASON_CODES: readonly (LegHangupReason | GroupcallHangupReason)[] = [
  '',
  'normal',
  'busy',
  'noanswer',
  'cancel',
  'dialout',
  'failed',
  'answered_elsewhere',
  'rejected',
];
export const HANGUP_BY_CODES: readonly HangupBy[] = ['', 'local', 'remote'];

const GROUPCALL = -1;
const WAITING = 0;
const RESOLVING = -1;

type Moment = number | null;
export type LegEntry = [
  groupcall: number,
  destinationIndex: number,
  status: number,
  hangupReason: number,
  hangupBy: number,
  tmCreate: number,
  tmDial: Moment,
  tmRinging: Moment,
  tmAnswer: Moment,
  tmHangup: Moment,
  dialDeadline: number,
];
export type GroupcallEntry = [
  kind: typeof GROUPCALL,
  slots: (number | string)[],
  answerCall: number,
  answerGroupcall: number,
  callCount: number,
  groupcallCount: number,
  dialIndex: number,
  tmUpdate: number,
];
export type Entry = LegEntry | GroupcallEntry;

/** Which tree a text belongs to. */
export interface MembersOf {
  readonly rootId: string;
  readonly base: string;
  /** When the root was created, epoch ms. */
  readonly begin: number;
}

/** What is known of a leg from its tree's texts alone. */
export type LegMoves = Omit<LegState, 'groupcallId' | 'customerId' | 'source' | 'destination'>;

/** The entry of a groupcall. */
export function groupcallEntry(rootId: string, one: GroupcallState, begin: number): GroupcallEntry {
  return [
    GROUPCALL,
    one.slots.map(slotCode),
    numberIn(rootId, one.answerCallId),
    numberIn(rootId, one.answerGroupcallId),
    one.callCount,
    one.groupcallCount,
    one.dialIndex,
    one.tmUpdate - begin,
  ];
}

function slotCode(slot: Slot): number | string {
  switch (slot.kind) {
    case 'leg':
      return memberNumber(slot.id);
    case 'child':
      return RESOLVING - memberNumber(slot.id);
    case 'waiting':
      return WAITING;
    case 'resolving':
      return RESOLVING;
    case 'failed':
      return slot.detail;
  }
}

/** The entry of a leg. */
export function legEntry(rootId: string, leg: LegState, begin: number): LegEntry {
  return [
    numberIn(rootId, leg.groupcallId),
    leg.destinationIndex,
    codeOf(LEG_STATUS_CODES, leg.status),
    codeOf(HANGUP_REASON_CODES, leg.hangupReason),
    codeOf(HANGUP_BY_CODES, leg.hangupBy),
    leg.tmCreate - begin,
    since(begin, leg.tmDial),
    since(begin, leg.tmRinging),
    since(begin, leg.tmAnswer),
    since(begin, leg.tmHangup),
    leg.dialDeadline - begin,
  ];
}

/** @throws Error for a word that no list has: it could not be read again */
export function codeOf<T>(codes: readonly T[], word: T): number {
  const code = codes.indexOf(word);
  if (code < 0) throw new UnknownWordError(String(word));
  return code;
}

/** A word that cannot be stored: the turn is to blame, not the database. */
export class UnknownWordError extends Error {
  override readonly name = 'UnknownWordError';

  constructor(word: string) {
    super(`"${word}" is no word that a leg or groupcall is stored with.`);
  }
}

function since(begin: number, moment: Moment): Moment {
  return moment === null ? null : moment - begin;
}

/** 0 for the root and for nobody. */
export function numberIn(rootId: string, id: string): number {
  return id === rootId ? 0 : memberNumber(id);
}

/** @param stored what its row says */
export function groupcallFrom(entry: GroupcallEntry, stored: StoredGroupcall, of: MembersOf): GroupcallState {
  const { base, begin } = of;
  const somebody = (number: number) => (number === 0 ? NIL_UUID : memberId(base, number));
  return {
    ...stored,
    slots: entry[1].map((slot) => slotFrom(slot, base)),
    answerCallId: somebody(entry[2]),
    answerGroupcallId: somebody(entry[3]),
    callCount: entry[4],
    groupcallCount: entry[5],
    dialIndex: entry[6],
    tmUpdate: begin + entry[7],
  };
}

function slotFrom(slot: number | string, base: string): Slot {
  if (typeof slot === 'string') return { kind: 'failed', detail: slot };
  if (slot > WAITING) return { kind: 'leg', id: memberId(base, slot) };
  if (slot === WAITING) return { kind: 'waiting' };
  return slot === RESOLVING ? { kind: 'resolving' } : { kind: 'child', id: memberId(base, RESOLVING - slot) };
}

/** @param parent the groupcall that rings it */
export function legFrom(number: number, entry: LegEntry, parent: GroupcallState, of: MembersOf): LegState {
  const { id: groupcallId, customerId, source, destinations } = parent;
  const moves = movesOf(number, entry, of);
  return { ...moves, groupcallId, customerId, source, destination: destinations[moves.destinationIndex] };
}

/** What a leg's entry says by itself. */
export function movesOf(number: number, entry: LegEntry, { base, begin }: MembersOf): LegMoves {
  return {
    id: memberId(base, number),
    destinationIndex: entry[1],
    status: LEG_STATUS_CODES[entry[2]],
    hangupReason: HANGUP_REASON_CODES[entry[3]],
    hangupBy: HANGUP_BY_CODES[entry[4]],
    tmCreate: begin + entry[5],
    tmDial: after(begin, entry[6]),
    tmRinging: after(begin, entry[7]),
    tmAnswer: after(begin, entry[8]),
    tmHangup: after(begin, entry[9]),
    dialDeadline: begin + entry[10],
  };
}

/** The id of the groupcall with this number. */
export function idIn({ rootId, base }: MembersOf, number: number): string {
  return number === 0 ? rootId : memberId(base, number);
}

export function isLegEntry(entry: Entry): entry is LegEntry {
  return entry[0] !== GROUPCALL;
}

function after(begin: number, moment: Moment): Moment {
  return moment === null ? null : begin + moment;
}

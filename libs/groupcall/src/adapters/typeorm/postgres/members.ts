import { NIL_UUID } from '@groupcall/shared';
import { memberId, memberNumber } from '../../../domain/member-id.js';
import type { GroupcallHangupReason, HangupBy, LegHangupReason, LegStatus } from '../../../domain/status.js';
import type { GroupcallState, LegState, Slot, TreeState } from '../../../domain/tree-state.js';

/**
 * What changes of a tree's members, as JSON, many members in one text: a turn writes one value instead of a row for each leg.
 * The n-th entry is the member with number n; {@link BLOCK} of them are a block. The first block is in the hot row.
 *
 * A leg: `[groupcall, destination_index, status, hangup_reason, hangup_by, tm_create, tm_dial, tm_ringing, tm_answer, tm_hangup,
 * dial_deadline]`. A groupcall: `[-1, slots, answer_call, answer_groupcall, call_count, groupcall_count, dial_index,
 * tm_update]`, where a slot is a leg's number, 0 for a destination that waits, -1 for one being looked up, -1 less
 * a child's number, or the reason why it has failed. Members are told by their numbers (0: the root, or nobody), words by
 * their places in the lists below, moments in ms since the root was created. The views `groupcall` and `groupcall_leg` read the
 * same: what is here may be added to, but not put in another order.
 */
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

/** Members in a block. */
export const BLOCK = 32;
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

/** A block as a turn leaves it. */
export interface WrittenBlock {
  readonly rootId: string;
  readonly block: number;
  readonly members: string;
}

/** The blocks in which a turn has changed something; the first one always. */
export function changedBlocks(before: TreeState, after: TreeState): WrittenBlock[] {
  const { rootId } = after;
  const size = after.groupcalls.size + after.legs.size;
  if (size <= BLOCK) return [{ rootId, block: 0, members: JSON.stringify(entriesOfTree(after)) }];
  const changed = new Set([0]);
  addChanged(changed, rootId, before.groupcalls, after.groupcalls);
  addChanged(changed, rootId, before.legs, after.legs);
  const entries = entriesOfTree(after, changed);
  return Array.from(changed, (block) => {
    const members = JSON.stringify(entries.slice(block * BLOCK, (block + 1) * BLOCK));
    return { rootId, block, members };
  });
}

function addChanged(
  blocks: Set<number>,
  rootId: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): void {
  after.forEach((now, id) => {
    if (now !== before.get(id)) blocks.add(blockOf(numberIn(rootId, id)));
  });
}

/** @param blocks of which entries are wanted; missing: all */
function entriesOfTree({ rootId, groupcalls, legs }: TreeState, blocks?: ReadonlySet<number>): Entry[] {
  const begin = groupcalls.get(rootId)?.tmCreate ?? 0;
  const entries: Entry[] = [];
  groupcalls.forEach((one) => {
    const number = numberIn(rootId, one.id);
    if (!blocks || blocks.has(blockOf(number))) entries[number] = groupcallEntry(rootId, one, begin);
  });
  legs.forEach((leg) => {
    const number = memberNumber(leg.id);
    if (!blocks || blocks.has(blockOf(number))) entries[number] = legEntry(rootId, leg, begin);
  });
  return entries;
}

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

function blockOf(number: number): number {
  return Math.floor(number / BLOCK);
}

/** The part of a groupcall that is not in its members' text. */
export type StoredGroupcall = Omit<
  GroupcallState,
  'slots' | 'answerCallId' | 'answerGroupcallId' | 'callCount' | 'groupcallCount' | 'dialIndex' | 'tmUpdate'
>;

/** Which tree a text belongs to. */
export interface MembersOf {
  readonly rootId: string;
  readonly base: string;
  /** When the root was created, epoch ms. */
  readonly begin: number;
}

/** What is known of a leg from its tree's texts alone. */
export type LegMoves = Omit<LegState, 'groupcallId' | 'customerId' | 'source' | 'destination'>;

/** All entries of a tree, by number. @param texts its blocks in their order */
export function entriesOf(texts: readonly string[]): readonly Entry[] {
  return texts.length === 1 ? entriesIn(texts[0]) : texts.flatMap(entriesIn);
}

function entriesIn(text: string): Entry[] {
  return JSON.parse(text) as Entry[];
}

/** The legs among the entries, in order of creation. */
export function legMoves(entries: readonly Entry[], of: MembersOf): LegMoves[] {
  const legs: LegMoves[] = [];
  entries.forEach((entry, number) => {
    if (isLeg(entry)) legs.push(movesOf(number, entry, of));
  });
  return legs;
}

/** The members of a tree. @param stored its groupcalls, in order of creation */
export function membersOf(
  entries: readonly Entry[],
  stored: readonly StoredGroupcall[],
  of: MembersOf,
): Pick<TreeState, 'groupcalls' | 'legs'> {
  const groupcalls = new Map<string, GroupcallState>();
  for (const one of stored) {
    const entry = entries[numberIn(of.rootId, one.id)] as GroupcallEntry;
    groupcalls.set(one.id, groupcallFrom(entry, one, of));
  }
  const legs = new Map<string, LegState>();
  entries.forEach((entry, number) => {
    if (!isLeg(entry)) return;
    const leg = legFrom(number, entry, groupcalls.get(idIn(of, entry[0]))!, of);
    legs.set(leg.id, leg);
  });
  return { groupcalls, legs };
}

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

export function legFrom(number: number, entry: LegEntry, parent: GroupcallState, of: MembersOf): LegState {
  const { id: groupcallId, customerId, source, destinations } = parent;
  const moves = movesOf(number, entry, of);
  return { ...moves, groupcallId, customerId, source, destination: destinations[moves.destinationIndex] };
}

function movesOf(number: number, entry: LegEntry, { base, begin }: MembersOf): LegMoves {
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

function isLeg(entry: Entry): entry is LegEntry {
  return entry[0] !== GROUPCALL;
}

function after(begin: number, moment: Moment): Moment {
  return moment === null ? null : begin + moment;
}

import { NIL_UUID } from '@groupcall/shared';
import type { Address } from '@groupcall/address';
import type { Destination } from '../domain/destination.js';
import type { GroupcallState, LegState, Slot, TreeState } from '../domain/tree-state.js';

/**
 * A tree as one text: a quarter of the memory of its objects, and nothing in it for the garbage collector to follow.
 * What is the same all over the tree is written once.
 */
export type PackedTree = string;

/** In place of what is as in the groupcall above it, or in the tree. */
const SAME = 0;
/** In place of the id of nothing. */
const NIL = 0;
const WAITING = -1;
const RESOLVING = -2;
/** Children come after these, legs from 0 on. */
const CHILDREN = -3;

type AddressRow = [type: Address['type'], target: string, targetName: string, name: string, detail: string];
/** What only a nested groupcall has comes last. */
type DestinationRow = [...AddressRow, nested?: Omit<Destination, keyof Address>];
type SlotRow = number | Slot;
type Id = string | typeof NIL;
/** Moments count from the tree's beginning: they are shorter, and exact since moments are whole ms. */
type Moment = number | null;
type GroupcallRow = [
  id: string,
  customerId: string | typeof SAME,
  ownerType: GroupcallState['ownerType'],
  ownerId: Id,
  status: GroupcallState['status'],
  flowId: Id,
  source: AddressRow,
  destinations: DestinationRow[],
  slots: SlotRow[],
  masterCallId: Id,
  masterGroupcallId: Id,
  destinationIndex: number,
  ringMethod: GroupcallState['ringMethod'],
  answerMethod: GroupcallState['answerMethod'],
  answerCallId: Id,
  answerGroupcallId: Id,
  callCount: number,
  groupcallCount: number,
  dialIndex: number,
  dialTimeout: number,
  hangupReason: GroupcallState['hangupReason'],
  origin: string,
  tmCreate: number,
  tmUpdate: number,
  tmDelete: Moment,
];
type LegRow = [
  id: string,
  groupcall: number,
  customerId: string | typeof SAME,
  source: AddressRow | typeof SAME,
  destination: DestinationRow | typeof SAME,
  destinationIndex: number,
  status: LegState['status'],
  hangupReason: LegState['hangupReason'],
  hangupBy: LegState['hangupBy'],
  tmCreate: number,
  tmDial: Moment,
  tmRinging: Moment,
  tmAnswer: Moment,
  tmHangup: Moment,
  dialDeadline: number,
];
type TreeRow = [
  customerId: string,
  base: string | typeof SAME,
  version: number,
  eventSequence: number,
  winnerLegId: string | null,
  lateAnswers: number,
  begin: number,
  groupcalls: GroupcallRow[],
  legs: LegRow[],
];

export function packTree(state: TreeState): PackedTree {
  const { customerId, groupcalls, legs } = state;
  const begin = groupcalls.get(state.rootId)?.tmCreate ?? 0;
  const groupcallNo = numbersOf(groupcalls);
  const legNo = numbersOf(legs);
  const packSlot = (slot: Slot): SlotRow => {
    if (slot.kind === 'leg') return legNo.get(slot.id) ?? slot;
    if (slot.kind === 'child') {
      const child = groupcallNo.get(slot.id);
      return child === undefined ? slot : CHILDREN - child;
    }
    return slot.kind === 'waiting' ? WAITING : slot.kind === 'resolving' ? RESOLVING : slot;
  };
  const packGroupcall = (one: GroupcallState): GroupcallRow => [
    one.id,
    one.customerId === customerId ? SAME : one.customerId,
    one.ownerType,
    packId(one.ownerId),
    one.status,
    packId(one.flowId),
    packAddress(one.source),
    one.destinations.map(packDestination),
    one.slots.map(packSlot),
    packId(one.masterCallId),
    packId(one.masterGroupcallId),
    one.destinationIndex,
    one.ringMethod,
    one.answerMethod,
    packId(one.answerCallId),
    packId(one.answerGroupcallId),
    one.callCount,
    one.groupcallCount,
    one.dialIndex,
    one.dialTimeout,
    one.hangupReason,
    one.origin,
    one.tmCreate - begin,
    one.tmUpdate - begin,
    since(begin, one.tmDelete),
  ];
  const packLeg = (leg: LegState): LegRow => {
    const parent = groupcalls.get(leg.groupcallId)!;
    return [
      leg.id,
      groupcallNo.get(leg.groupcallId)!,
      leg.customerId === parent.customerId ? SAME : leg.customerId,
      isSame(leg.source, parent.source) ? SAME : packAddress(leg.source),
      isSame(leg.destination, parent.destinations[leg.destinationIndex])
        ? SAME
        : packDestination(leg.destination),
      leg.destinationIndex,
      leg.status,
      leg.hangupReason,
      leg.hangupBy,
      leg.tmCreate - begin,
      since(begin, leg.tmDial),
      since(begin, leg.tmRinging),
      since(begin, leg.tmAnswer),
      since(begin, leg.tmHangup),
      leg.dialDeadline - begin,
    ];
  };
  const row: TreeRow = [
    customerId,
    state.base === state.rootId ? SAME : state.base,
    state.version,
    state.eventSequence,
    state.winnerLegId,
    state.lateAnswers,
    begin,
    Array.from(groupcalls.values(), packGroupcall),
    Array.from(legs.values(), packLeg),
  ];
  return JSON.stringify(row);
}

/** The very same state; objects and ids that were one and the same within it are so again. */
export function unpackTree(rootId: string, packed: PackedTree): TreeState {
  const [customerId, base, version, eventSequence, winnerLegId, lateAnswers, begin, groupcallRows, legRows] =
    JSON.parse(packed) as TreeRow;
  const unpackSlot = (slot: SlotRow): Slot => {
    if (typeof slot !== 'number') return slot;
    if (slot >= 0) return { kind: 'leg', id: legRows[slot][0] };
    if (slot <= CHILDREN) return { kind: 'child', id: groupcallRows[CHILDREN - slot][0] };
    return slot === WAITING ? { kind: 'waiting' } : { kind: 'resolving' };
  };
  const groupcalls = groupcallRows.map((row): GroupcallState => ({
    id: row[0] === rootId ? rootId : row[0],
    customerId: row[1] === SAME ? customerId : row[1],
    ownerType: row[2],
    ownerId: unpackId(row[3]),
    status: row[4],
    flowId: unpackId(row[5]),
    source: unpackAddress(row[6]),
    destinations: row[7].map(unpackDestination),
    slots: row[8].map(unpackSlot),
    masterCallId: unpackId(row[9]),
    masterGroupcallId: unpackId(row[10]),
    destinationIndex: row[11],
    ringMethod: row[12],
    answerMethod: row[13],
    answerCallId: unpackId(row[14]),
    answerGroupcallId: unpackId(row[15]),
    callCount: row[16],
    groupcallCount: row[17],
    dialIndex: row[18],
    dialTimeout: row[19],
    hangupReason: row[20],
    origin: row[21],
    tmCreate: begin + row[22],
    tmUpdate: begin + row[23],
    tmDelete: after(begin, row[24]),
  }));
  const legs = legRows.map((row): LegState => {
    const parent = groupcalls[row[1]];
    return {
      id: row[0],
      groupcallId: parent.id,
      customerId: row[2] === SAME ? parent.customerId : row[2],
      source: row[3] === SAME ? parent.source : unpackAddress(row[3]),
      destination: row[4] === SAME ? parent.destinations[row[5]] : unpackDestination(row[4]),
      destinationIndex: row[5],
      status: row[6],
      hangupReason: row[7],
      hangupBy: row[8],
      tmCreate: begin + row[9],
      tmDial: after(begin, row[10]),
      tmRinging: after(begin, row[11]),
      tmAnswer: after(begin, row[12]),
      tmHangup: after(begin, row[13]),
      dialDeadline: begin + row[14],
    };
  });
  return {
    rootId,
    customerId,
    base: base === SAME ? rootId : base,
    version,
    eventSequence,
    winnerLegId,
    lateAnswers,
    groupcalls: new Map(groupcalls.map((one) => [one.id, one])),
    legs: new Map(legs.map((leg) => [leg.id, leg])),
  };
}

/** Each id's place in the order of creation. */
function numbersOf(members: ReadonlyMap<string, unknown>): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const id of members.keys()) numbers.set(id, numbers.size);
  return numbers;
}

function packId(id: string): Id {
  return id === NIL_UUID ? NIL : id;
}

function unpackId(id: Id): string {
  return id === NIL ? NIL_UUID : id;
}

function since(begin: number, moment: Moment): Moment {
  return moment === null ? null : moment - begin;
}

function after(begin: number, moment: Moment): Moment {
  return moment === null ? null : begin + moment;
}

function packAddress({ type, target, target_name, name, detail }: Address): AddressRow {
  return [type, target, target_name, name, detail];
}

function unpackAddress(row: Readonly<AddressRow>): Address {
  return { type: row[0], target: row[1], target_name: row[2], name: row[3], detail: row[4] };
}

function packDestination(destination: Destination): DestinationRow {
  const row = packAddress(destination);
  if (isPlain(destination)) return row;
  const { ring_method, dial_timeout, destinations } = destination;
  return [...row, { ring_method, dial_timeout, destinations }];
}

function unpackDestination([type, target, target_name, name, detail, nested]: DestinationRow): Destination {
  const address = { type, target, target_name, name, detail };
  return nested ? { ...address, ...nested } : address;
}

/** As legs have them: an address and nothing more. */
function isPlain({ ring_method, dial_timeout, destinations }: Destination): boolean {
  return ring_method === undefined && dial_timeout === undefined && destinations === undefined;
}

function isSame(one: Destination, other: Destination | undefined): boolean {
  if (one === other) return true;
  return (
    other !== undefined &&
    one.type === other.type &&
    one.target === other.target &&
    one.target_name === other.target_name &&
    one.name === other.name &&
    one.detail === other.detail &&
    isPlain(one) &&
    isPlain(other)
  );
}

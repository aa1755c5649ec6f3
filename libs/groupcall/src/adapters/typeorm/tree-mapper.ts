import type { GroupcallState, LegState, TreeState } from '../../domain/tree-state.js';

/** Rows as JSON, with the columns' names; a bigint is a number there. */
export interface TreeRow {
  root_id: string;
  customer_id: string;
  /** Null: the root's own id. */
  member_base: string | null;
  version: number;
  event_sequence: number;
  winner_leg_id: string | null;
  late_answers: number;
}
export type GroupcallRow = Record<string, never>;
export type LegRow = Record<string, never>;

/** The stored tree. What follows from other rows (counts) was written with them and is read as it is. */
export function treeFromRows(
  tree: TreeRow,
  groupcalls: readonly GroupcallRow[],
  legs: readonly LegRow[],
): TreeState {
  return {
    rootId: tree.root_id,
    customerId: tree.customer_id,
    base: tree.member_base ?? tree.root_id,
    version: tree.version,
    eventSequence: tree.event_sequence,
    winnerLegId: tree.winner_leg_id,
    lateAnswers: tree.late_answers,
    groupcalls: new Map(groupcalls.map((row) => [row.id as string, groupcallFromRow(row)])),
    legs: new Map(legs.map((row) => [row.id as string, legFromRow(row)])),
  };
}

/** What of a groupcall its row says on every database. */
export type StoredGroupcall = Omit<
  GroupcallState,
  'slots' | 'answerCallId' | 'answerGroupcallId' | 'callCount' | 'groupcallCount' | 'dialIndex' | 'tmUpdate'
>;

export function storedGroupcall(row: GroupcallRow): StoredGroupcall {
  return {
    id: row.id,
    customerId: row.customer_id,
    ownerType: row.owner_type,
    ownerId: row.owner_id,
    status: row.status,
    flowId: row.flow_id,
    source: row.source,
    destinations: row.destinations,
    masterCallId: row.master_call_id,
    masterGroupcallId: row.master_groupcall_id,
    destinationIndex: row.destination_index,
    ringMethod: row.ring_method,
    answerMethod: row.answer_method,
    dialTimeout: row.dial_timeout,
    origin: row.origin,
    hangupReason: row.hangup_reason,
    tmCreate: row.tm_create,
    tmDelete: row.tm_delete,
  };
}

function groupcallFromRow(row: GroupcallRow): GroupcallState {
  return {
    ...storedGroupcall(row),
    slots: row.slots,
    answerCallId: row.answer_call_id,
    answerGroupcallId: row.answer_groupcall_id,
    callCount: row.call_count,
    groupcallCount: row.groupcall_count,
    dialIndex: row.dial_index,
    tmUpdate: row.tm_update,
  };
}

export function legFromRow(row: LegRow): LegState {
  return {
    id: row.id,
    groupcallId: row.groupcall_id,
    customerId: row.customer_id,
    source: row.source,
    destination: row.destination,
    destinationIndex: row.destination_index,
    status: row.status,
    hangupReason: row.hangup_reason,
    hangupBy: row.hangup_by,
    tmCreate: row.tm_create,
    tmDial: row.tm_dial,
    tmRinging: row.tm_ringing,
    tmAnswer: row.tm_answer,
    tmHangup: row.tm_hangup,
    dialDeadline: row.dial_deadline,
  };
}

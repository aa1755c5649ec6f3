import type { GroupcallRecord, LegRecord, TreeVersion } from '../../faults/checker/records.js';
import type { GroupcallState, LegState, TreeState } from '../../../libs/groupcall/src/domain/tree-state.js';

/** Parts of a tree are replaced, never changed: what has been written down once need not be written down again. */
const groupcalls = new WeakMap<GroupcallState, GroupcallRecord>();
const legs = new WeakMap<LegState, LegRecord>();

/** A committed version in the checker's words. */
export function versionOf(tree: TreeState, at: number, idempotencyKey: string | null): TreeVersion {
  return {
    rootId: tree.rootId,
    version: tree.version,
    at,
    customerId: tree.customerId,
    winnerLegId: tree.winnerLegId,
    eventSequence: tree.eventSequence,
    idempotencyKey,
    groupcalls: [...tree.groupcalls.values()].map((one) => known(groupcalls, one, groupcallRecord)),
    legs: [...tree.legs.values()].map((one) => known(legs, one, legRecord)),
  };
}

function known<S extends object, R>(records: WeakMap<S, R>, state: S, make: (state: S) => R): R {
  let record = records.get(state);
  if (record === undefined) {
    record = make(state);
    records.set(state, record);
  }
  return record;
}

function groupcallRecord(one: GroupcallState): GroupcallRecord {
  return {
    id: one.id,
    customer_id: one.customerId,
    status: one.status,
    slots: one.slots,
    master_groupcall_id: one.masterGroupcallId,
    ring_method: one.ringMethod,
    answer_method: one.answerMethod,
    answer_call_id: one.answerCallId,
    answer_groupcall_id: one.answerGroupcallId,
    call_count: one.callCount,
    groupcall_count: one.groupcallCount,
    dial_index: one.dialIndex,
    hangup_reason: one.hangupReason,
    tm_delete: one.tmDelete,
  };
}

function legRecord(one: LegState): LegRecord {
  return {
    id: one.id,
    groupcall_id: one.groupcallId,
    customer_id: one.customerId,
    destination: one.destination.target,
    source: one.source.target,
    destination_index: one.destinationIndex,
    status: one.status,
    hangup_reason: one.hangupReason,
    tm_create: one.tmCreate,
    tm_answer: one.tmAnswer,
    dial_deadline: one.dialDeadline,
  };
}

import type { Effect } from '../../../domain/effect.js';
import {
  liveLegsOf,
  nextAlarmOf,
  type GroupcallState,
  type LegState,
  type TreeState,
} from '../../../domain/tree-state.js';
import type { TreeTurn } from '../../../ports/groupcall-store.port.js';

/** What a group of turns writes, as plain rows with the columns' names: the parameters of the commit statement. */
export interface CommitRows {
  readonly trees: object[];
  readonly newGroupcalls: object[];
  readonly changedGroupcalls: object[];
  readonly newLegs: object[];
  readonly changedLegs: object[];
  readonly effects: object[];
}

/** @param turns of different trees, in the order of their root ids */
export function commitRows(turns: readonly TreeTurn[]): CommitRows {
  const rows: CommitRows = {
    trees: [],
    newGroupcalls: [],
    changedGroupcalls: [],
    newLegs: [],
    changedLegs: [],
    effects: [],
  };
  for (const turn of turns) {
    const { before, after } = turn;
    rows.trees.push(treeRow(turn));
    eachChange(before.groupcalls, after.groupcalls, (groupcall, old, ordinal) => {
      if (old) rows.changedGroupcalls.push(changedGroupcallRow(after.rootId, groupcall, old));
      else rows.newGroupcalls.push(newGroupcallRow(after.rootId, groupcall, ordinal));
    });
    eachChange(before.legs, after.legs, (leg, old, ordinal) => {
      if (old) rows.changedLegs.push(changedLegRow(after.rootId, leg));
      else rows.newLegs.push(newLegRow(after.rootId, leg, ordinal));
    });
    turn.effects.forEach((effect, ordinal) => rows.effects.push(effectRow(after, effect, ordinal)));
  }
  return rows;
}

/** Objects of a tree are replaced, never changed: another identity is another content (evolve). */
function eachChange<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  changed: (now: T, old: T | undefined, ordinal: number) => void,
): void {
  let ordinal = 0;
  for (const [id, now] of after) {
    const old = before.get(id);
    if (now !== old) changed(now, old, ordinal);
    ordinal += 1;
  }
}

function treeRow({ before, after, idempotency }: TreeTurn): object {
  const root = after.groupcalls.get(after.rootId)!;
  return {
    root_id: after.rootId,
    customer_id: after.customerId,
    master_call_id: root.masterCallId,
    version: before.version,
    event_sequence: after.eventSequence,
    winner_leg_id: after.winnerLegId,
    late_answers: after.lateAnswers,
    next_alarm_at: nextAlarmOf(after),
    live: root.status !== 'hangup',
    deleted: root.tmDelete !== null,
    idempotency_key: idempotency?.key ?? null,
    request_fingerprint: idempotency?.fingerprint ?? null,
    tm_create: root.tmCreate,
    delta: liveLegsOf(after) - liveLegsOf(before),
  };
}

function newGroupcallRow(rootId: string, groupcall: GroupcallState, ordinal: number): object {
  return {
    id: groupcall.id,
    root_id: rootId,
    ordinal,
    customer_id: groupcall.customerId,
    flow_id: groupcall.flowId,
    source: groupcall.source,
    master_call_id: groupcall.masterCallId,
    master_groupcall_id: groupcall.masterGroupcallId,
    destination_index: groupcall.destinationIndex,
    answer_method: groupcall.answerMethod,
    dial_timeout: groupcall.dialTimeout,
    tm_create: groupcall.tmCreate,
    destinations: groupcall.destinations,
    ...changingColumns(groupcall),
  };
}

function changedGroupcallRow(rootId: string, groupcall: GroupcallState, old: GroupcallState): object {
  return {
    id: groupcall.id,
    root_id: rootId,
    // Large and nearly never changed: null = as it was.
    destinations: groupcall.destinations === old.destinations ? null : groupcall.destinations,
    ...changingColumns(groupcall),
  };
}

function changingColumns(groupcall: GroupcallState): object {
  return {
    owner_type: groupcall.ownerType,
    owner_id: groupcall.ownerId,
    status: groupcall.status,
    slots: groupcall.slots,
    ring_method: groupcall.ringMethod,
    answer_call_id: groupcall.answerCallId,
    answer_groupcall_id: groupcall.answerGroupcallId,
    call_count: groupcall.callCount,
    groupcall_count: groupcall.groupcallCount,
    dial_index: groupcall.dialIndex,
    hangup_reason: groupcall.hangupReason,
    origin: groupcall.origin,
    tm_update: groupcall.tmUpdate,
    tm_delete: groupcall.tmDelete,
  };
}

function newLegRow(rootId: string, leg: LegState, ordinal: number): object {
  return {
    root_id: rootId,
    ordinal,
    groupcall_id: leg.groupcallId,
    customer_id: leg.customerId,
    source: leg.source,
    destination: leg.destination,
    destination_index: leg.destinationIndex,
    tm_create: leg.tmCreate,
    ...changedLegRow(rootId, leg),
  };
}

function changedLegRow(rootId: string, leg: LegState): object {
  return {
    id: leg.id,
    root_id: rootId,
    status: leg.status,
    hangup_reason: leg.hangupReason,
    hangup_by: leg.hangupBy,
    tm_dial: leg.tmDial,
    tm_ringing: leg.tmRinging,
    tm_answer: leg.tmAnswer,
    tm_hangup: leg.tmHangup,
    dial_deadline: leg.dialDeadline,
  };
}

const PRIORITY: Record<Effect['kind'], number> = { hangup: 0, dial: 1, resolve: 2, publish: 3 };

function effectRow(after: TreeState, effect: Effect, ordinal: number): object {
  return {
    root_id: after.rootId,
    customer_id: after.customerId,
    lane: effect.lane,
    version: after.version,
    ordinal,
    kind: effect.kind,
    priority: PRIORITY[effect.kind],
    leg_id: 'legId' in effect ? effect.legId : null,
    payload: effect,
  };
}

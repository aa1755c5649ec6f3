import { NIL_UUID } from '@groupcall/shared';
import { UNANSWERED_REASONS, type GroupcallHangupReason } from './status.js';
import type { GroupcallState } from './tree-state.js';
import type { Turn } from './turn.js';

/** Ends a groupcall that has nothing alive and nothing left to dial (SPEC 4.7). */
export function endIfDone(turn: Turn, groupcallId: string): void {
  const groupcall = turn.groupcall(groupcallId);
  if (!isDone(turn, groupcall)) return;
  turn.emit({ type: 'groupcall_ended', at: turn.now, groupcallId, reason: endReason(turn, groupcall) });
}

/** Ends all that is done, children before their parents: a child is always made after its parent. */
export function endAllDone(turn: Turn): void {
  for (const id of [...turn.state.groupcalls.keys()].reverse()) endIfDone(turn, id);
}

function isDone(turn: Turn, groupcall: GroupcallState): boolean {
  if (groupcall.status === 'hangup' || groupcall.callCount > 0 || groupcall.groupcallCount > 0) return false;
  const dialsNoMore = groupcall.status === 'hangingup' || turn.state.winnerLegId !== null;
  return dialsNoMore || groupcall.slots.every((slot) => slot.kind !== 'waiting' && slot.kind !== 'resolving');
}

function endReason(turn: Turn, groupcall: GroupcallState): GroupcallHangupReason {
  if (groupcall.answerCallId !== NIL_UUID || groupcall.answerGroupcallId !== NIL_UUID) return 'normal';
  if (groupcall.status === 'hangingup') return 'cancel';
  if (turn.state.winnerLegId !== null) return 'normal';
  return unansweredReason(turn, groupcall);
}

/** The first reason of the list that any leg or child had (SPEC 2, `hangup_reason`). */
function unansweredReason(turn: Turn, groupcall: GroupcallState): GroupcallHangupReason {
  const had = new Set<string>();
  for (const slot of groupcall.slots) {
    if (slot.kind === 'leg') had.add(turn.leg(slot.id).hangupReason);
    else if (slot.kind === 'child') had.add(turn.groupcall(slot.id).hangupReason);
    else had.add('failed');
  }
  const listed = UNANSWERED_REASONS.find((reason) => had.has(reason));
  if (listed) return listed;
  // Left are children that were cancelled one by one, and far ends that say `normal` without ever having answered.
  return groupcall.slots.some((slot) => slot.kind === 'child') && had.has('cancel') ? 'cancel' : 'noanswer';
}

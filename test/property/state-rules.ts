import { NIL_UUID } from '../../libs/shared/src/index.js';
import {
  isUndecided,
  nextAlarmOf,
  type GroupcallState,
  type LegState,
  type TreeState,
} from '../../libs/groupcall/src/domain/tree-state.js';
import type { TreeLimits } from '../../libs/groupcall/src/domain/turn.js';
import { must } from './broken-rule.js';
import { checkForward } from './forward-rules.js';
import { checkRinging } from './ringing-rules.js';
import type { Shadow } from './shadow.js';
import { isBelow } from './shape.js';

/** What must be true of a tree at any time (RELIABILITY 5.1), given what it was before and what was seen of it. */
export function checkState(before: TreeState, tree: TreeState, shadow: Shadow, limits: TreeLimits): void {
  const counts = countLive(tree);
  const deadline = [...tree.legs.values()].filter(isUndecided).map((leg) => leg.dialDeadline);
  must(
    nextAlarmOf(tree) === (deadline.length === 0 ? null : Math.min(...deadline)),
    'I13: the alarm is the earliest deadline',
    () => [nextAlarmOf(tree), deadline],
  );
  must(tree.legs.size <= limits.legsPerTree, 'I16: no more legs than allowed', () => tree.legs.size);
  for (const leg of tree.legs.values()) checkLeg(tree, leg, shadow);
  for (const groupcall of tree.groupcalls.values()) {
    checkAnswer(tree, groupcall, shadow);
    checkCounts(tree, groupcall, counts);
    checkRinging(tree, groupcall, shadow);
    must(!ringsItself(tree, groupcall), 'nobody rings himself', () => groupcall);
    must(levelOf(tree, groupcall) <= limits.depth, 'I16: no deeper than allowed', () => groupcall.id);
  }
  checkForward(before, tree);
}

function checkLeg(tree: TreeState, leg: LegState, shadow: Shadow): void {
  const { id, status } = leg;
  const phase = shadow.phaseOf(leg);
  const isInPhase =
    phase === 'undecided'
      ? isUndecided(leg)
      : phase === 'talking'
        ? status === 'progressing'
        : status === phase;
  must(
    isInPhase,
    'I3, I12: a leg is where the facts have brought it, and being hung up is being told',
    () => [phase, leg],
  );
  must(shadow.dialed.has(id), 'I4: every leg was to be dialled', () => id);
  const groupcall = tree.groupcalls.get(leg.groupcallId)!;
  must(leg.customerId === tree.customerId, 'I15: one customer per tree', () => leg);
  const slot = groupcall.slots[leg.destinationIndex];
  must(slot.kind === 'leg' && slot.id === id, 'a leg is in the place of its destination', () => [leg, slot]);
  must(
    leg.destination === groupcall.destinations[leg.destinationIndex],
    'I4: a leg is for its destination',
    () => leg,
  );
  must(
    (leg.tmHangup !== null) === (status === 'hangup'),
    'a leg that has ended knows when, no other does',
    () => leg,
  );
  const ours = shadow.hungUp.get(id);
  const theirs = shadow.ended.get(id);
  must(
    leg.hangupReason === (ours ?? theirs?.reason ?? ''),
    'the first reason stands, ours before theirs',
    () => [leg, ours],
  );
  must(
    leg.hangupBy === (ours === undefined ? (theirs?.by ?? '') : 'local'),
    'and it is said whose it is',
    () => leg,
  );
  must(
    shadow.wasTold('groupcall_call_hangup', id) === (status === 'hangup'),
    'I10: its end is told once',
    () => leg,
  );
  must(
    shadow.wasTold('groupcall_call_dialed', id) === (leg.tmDial !== null),
    'I10: so is its dialling',
    () => leg,
  );
  if (phase !== 'undecided') return;
  // Somebody whose phone rings for nothing.
  const keepsOthers = tree.groupcalls.get(tree.rootId)!.answerMethod === '';
  must(shadow.winner === null || keepsOthers, 'I3: nobody rings on when somebody has answered', () => leg);
  must(
    shadow.winner === null || status !== 'planned',
    'I7: nobody is still to be dialled when somebody has answered',
    () => leg,
  );
  must(
    shadow.winner === null || !shadow.ended.has(shadow.winner),
    'I3: nobody rings on after the talk',
    () => leg,
  );
  must(groupcall.status === 'progressing', 'I3: nobody rings for a groupcall that is hung up', () => leg);
}

function checkAnswer(tree: TreeState, groupcall: GroupcallState, shadow: Shadow): void {
  const { id, answerCallId, answerGroupcallId } = groupcall;
  const winner = shadow.winner === null ? undefined : tree.legs.get(shadow.winner)!;
  const isOwn = winner?.groupcallId === id;
  const isAbove = winner !== undefined && !isOwn && isBelow(tree, winner.groupcallId, id);
  must(
    answerCallId === (isOwn ? winner.id : NIL_UUID),
    'I11: the winner is written on its own groupcall',
    () => groupcall,
  );
  const below = isAbove ? tree.groupcalls.get(answerGroupcallId) : undefined;
  must(
    isAbove
      ? below?.masterGroupcallId === id && isBelow(tree, winner.groupcallId, below.id)
      : answerGroupcallId === NIL_UUID,
    'I11: and its path on every groupcall above, nowhere else',
    () => groupcall,
  );
  must(
    shadow.wasTold('groupcall_progressing', id) === (isOwn || isAbove),
    'I10: progressing is told along the path, once',
    () => groupcall,
  );
}

function checkCounts(
  tree: TreeState,
  groupcall: GroupcallState,
  counts: Map<string, [number, number]>,
): void {
  const { id, status, customerId, callCount, groupcallCount, hangupReason } = groupcall;
  const [legs, children] = counts.get(id)!;
  must(callCount === legs && groupcallCount === children, 'I12: counters are what a recount says', () => [
    groupcall,
    legs,
    children,
  ]);
  must(customerId === tree.customerId, 'I15: one customer per tree', () => groupcall);
  must(
    (hangupReason !== '') === (status === 'hangup'),
    'a groupcall that has ended knows why, no other does',
    () => groupcall,
  );
  must(
    status !== 'hangup' || (legs === 0 && children === 0),
    'I11: whoever has ended has nothing alive below',
    () => groupcall,
  );
  const { slots, destinations } = groupcall;
  must(slots.length === destinations.length, 'every destination has its place', () => groupcall);
}

function countLive(tree: TreeState): Map<string, [legs: number, children: number]> {
  const counts = new Map<string, [number, number]>();
  for (const id of tree.groupcalls.keys()) counts.set(id, [0, 0]);
  for (const leg of tree.legs.values()) if (leg.status !== 'hangup') counts.get(leg.groupcallId)![0] += 1;
  for (const { status, masterGroupcallId } of tree.groupcalls.values()) {
    if (status !== 'hangup' && masterGroupcallId !== NIL_UUID) counts.get(masterGroupcallId)![1] += 1;
  }
  return counts;
}

/** An agent or extension below itself. */
function ringsItself(tree: TreeState, { origin, masterGroupcallId }: GroupcallState): boolean {
  if (origin === '') return false;
  for (let id = masterGroupcallId; id !== NIL_UUID; id = tree.groupcalls.get(id)!.masterGroupcallId) {
    if (tree.groupcalls.get(id)!.origin === origin) return true;
  }
  return false;
}

function levelOf(tree: TreeState, { masterGroupcallId }: GroupcallState): number {
  let level = 1;
  for (let id = masterGroupcallId; id !== NIL_UUID; id = tree.groupcalls.get(id)!.masterGroupcallId)
    level += 1;
  return level;
}

import {
  isUndecided,
  type GroupcallState,
  type Slot,
  type TreeState,
} from '../../libs/groupcall/src/domain/tree-state.js';
import { must } from './broken-rule.js';
import type { Shadow } from './shadow.js';

/** Who rings while nobody has answered, and that somebody does. */
export function checkRinging(tree: TreeState, groupcall: GroupcallState, shadow: Shadow): void {
  const { id, status, slots, callCount, groupcallCount, ringMethod } = groupcall;
  const alive = slots.filter((slot) => canStillRing(tree, slot)).length;
  must(
    ringMethod === 'ring_all' || alive <= 1,
    'I8: linear rings one destination at a time',
    () => groupcall,
  );
  must(
    shadow.wasTold('groupcall_hangup', id) === (status === 'hangup'),
    'I10: the end is told once, when it has come',
    () => groupcall,
  );
  if (status === 'hangup') return;
  const rings = status === 'progressing' && shadow.winner === null;
  must(
    callCount + groupcallCount > 0 || (rings && slots.some((slot) => slot.kind === 'resolving')),
    'liveness: a groupcall that has nothing alive has ended',
    () => groupcall,
  );
  must(
    shadow.asked.has(id) === (status === 'hangingup'),
    'who was asked to hang up is doing so',
    () => groupcall,
  );
  if (!rings) return;
  const firstWaiting = slots.findIndex((slot) => slot.kind === 'waiting');
  if (firstWaiting < 0) return;
  must(ringMethod === 'linear', 'ring_all rings everybody', () => groupcall);
  must(alive === 1, 'liveness: linear goes on as soon as nobody is left to answer', () => groupcall);
  must(
    slots.slice(firstWaiting).every((slot) => slot.kind === 'waiting' || slot.kind === 'failed'),
    'I8: linear goes in the order that was asked for',
    () => groupcall,
  );
}

/** Somebody below this destination can still answer, or get a turn to. */
function canStillRing(tree: TreeState, slot: Slot): boolean {
  switch (slot.kind) {
    case 'waiting':
    case 'failed':
      return false;
    case 'resolving':
      return tree.winnerLegId === null;
    case 'leg':
      return isUndecided(tree.legs.get(slot.id)!);
    case 'child': {
      const child = tree.groupcalls.get(slot.id)!;
      const { winnerLegId } = tree;
      if (child.status !== 'progressing') return false;
      return child.slots.some(
        (below) => canStillRing(tree, below) || (below.kind === 'waiting' && winnerLegId === null),
      );
    }
  }
}

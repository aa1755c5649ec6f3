import type { GroupcallState, TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { must } from './broken-rule.js';
import { isBelow } from './shape.js';

/** SPEC 2, written down once more: what is checked is not asked how it sees it. */
const PRECEDENCE: string[] = ['dialout', 'noanswer', 'busy', 'rejected', 'failed'];

/** Why a groupcall that ends now must have ended: `winner` and `asked` are what was seen. */
export function expectedReason(
  groupcall: GroupcallState,
  tree: TreeState,
  winner: string | null,
  asked: ReadonlySet<string>,
): string {
  if (winner !== null && isBelow(tree, tree.legs.get(winner)!.groupcallId, groupcall.id)) return 'normal';
  if (asked.has(groupcall.id)) return 'cancel';
  if (winner !== null) return 'normal';
  const open = groupcall.slots.filter(({ kind }) => kind === 'waiting' || kind === 'resolving');
  must(open.length === 0, 'liveness: nobody is passed over', () => groupcall);
  const had: string[] = groupcall.slots.map((slot) => {
    if (slot.kind === 'leg') return tree.legs.get(slot.id)!.hangupReason;
    return slot.kind === 'child' ? tree.groupcalls.get(slot.id)!.hangupReason : 'failed';
  });
  const hasCancelledChild = groupcall.slots.some(
    (slot) => slot.kind === 'child' && tree.groupcalls.get(slot.id)!.hangupReason === 'cancel',
  );
  return PRECEDENCE.find((one) => had.includes(one)) ?? (hasCancelledChild ? 'cancel' : 'noanswer');
}

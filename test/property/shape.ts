import { NIL_UUID } from '../../libs/shared/src/index.js';
import type { Slot, TreeState } from '../../libs/groupcall/src/domain/tree-state.js';

/** True for the groupcall itself, too. */
export function isBelow(tree: TreeState, groupcallId: string, topId: string): boolean {
  for (let id = groupcallId; id !== NIL_UUID; id = tree.groupcalls.get(id)!.masterGroupcallId) {
    if (id === topId) return true;
  }
  return false;
}

/** `ids` were named earlier in the same turn, so there may be more by now: they are a part of the list, in its order. */
export function isInOrder(ids: readonly string[], slots: readonly Slot[], kind: Slot['kind']): boolean {
  const all = slots.flatMap((slot) => (slot.kind === kind && 'id' in slot ? [slot.id] : []));
  let from = 0;
  for (const id of ids) {
    from = all.indexOf(id, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

import { NIL_UUID } from '@groupcall/shared';
import type { TreeState } from '../domain/tree-state.js';

/** The place in the request of `destinations[index]` of this groupcall; what a directory has added is called `contacts`. */
export function pathOf(state: TreeState, groupcallId: string, index: number): string {
  const groupcall = state.groupcalls.get(groupcallId)!;
  const isRoot = groupcall.masterGroupcallId === NIL_UUID;
  const resolved = groupcall.origin !== '';
  const own = `${resolved ? 'contacts' : 'destinations'}[${index}]`;
  // A root whose single destination is an agent or extension is itself that groupcall (SPEC 3).
  if (isRoot) return resolved ? `destinations[0].${own}` : own;
  return `${pathOf(state, groupcall.masterGroupcallId, groupcall.destinationIndex)}.${own}`;
}

import { NIL_UUID } from '@groupcall/shared';
import { endAllDone } from './end-of-groupcall.js';
import { hangUpLeg } from './leg-moves.js';
import { settle } from './settle.js';
import type { Turn } from './turn.js';

/** Stops a groupcall and everything below it (SPEC 4.8). On an ended one: nothing. */
export function hangUpSubtree(turn: Turn, groupcallId: string): void {
  const top = turn.groupcall(groupcallId);
  if (top.status === 'hangup') return;
  const below = subtreeOf(turn, groupcallId);
  for (const id of below) {
    if (turn.groupcall(id).status === 'progressing')
      turn.emit({ type: 'groupcall_hangingup', at: turn.now, groupcallId: id });
  }
  for (const leg of turn.state.legs.values()) {
    if (!below.has(leg.groupcallId) || leg.status === 'hangingup' || leg.status === 'hangup') continue;
    // An answered call that is hung up has ended normally; only an unanswered one is cancelled.
    hangUpLeg(turn, leg.id, leg.status === 'progressing' ? 'normal' : 'cancel');
  }
  endAllDone(turn);
  if (top.masterGroupcallId !== NIL_UUID) settle(turn, top.masterGroupcallId);
}

/** Parents before children: a child is always made after its parent. */
function subtreeOf(turn: Turn, groupcallId: string): Set<string> {
  const below = new Set([groupcallId]);
  for (const groupcall of turn.state.groupcalls.values()) {
    if (below.has(groupcall.masterGroupcallId)) below.add(groupcall.id);
  }
  return below;
}

import { NIL_UUID } from '@groupcall/shared';
import { endIfDone } from './end-of-groupcall.js';
import { ringOn } from './ring-plan.js';
import type { Turn } from './turn.js';

/** Something in this groupcall is over: from here up to the root, ring what comes next and end what is done. */
export function settle(turn: Turn, groupcallId: string): void {
  for (let id = groupcallId; id !== NIL_UUID; id = turn.groupcall(id).masterGroupcallId) {
    ringOn(turn, id);
    endIfDone(turn, id);
  }
}

import { hangUpLosers } from './leg-moves.js';
import { settle } from './settle.js';
import type { HangupBy, LegHangupReason } from './status.js';
import type { Turn } from './turn.js';

/**
 * A leg has ended, once. When we were hanging it up our reason stands; else the reason and `by` told here.
 * The end of the winner is the end of the tree: whoever still rings (answer method `""`) is hung up.
 */
export function endLeg(turn: Turn, legId: string, reason: LegHangupReason, by: HangupBy): void {
  const leg = turn.leg(legId);
  if (leg.status === 'hangup') return;
  // Set when we began to hang it up.
  const ours = leg.hangupReason;
  turn.emit({
    type: 'leg_ended',
    at: turn.now,
    legId,
    reason: ours || reason,
    by: ours ? 'local' : by,
  });
  if (turn.state.winnerLegId === legId) hangUpLosers(turn);
  settle(turn, leg.groupcallId);
}

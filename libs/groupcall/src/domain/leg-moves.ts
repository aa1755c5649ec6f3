import type { LegHangupReason } from './status.js';
import { isUndecided } from './tree-state.js';
import type { Turn } from './turn.js';

/**
 * The first sign that the gateway has the call: from now on it rings for `dial_timeout` ms (SPEC 4.5). Any notification
 * is such a sign, since it may overtake the reply to the dial.
 */
export function noteDialed(turn: Turn, legId: string): void {
  const leg = turn.leg(legId);
  if (leg.status !== 'planned') return;
  const deadline = turn.now + turn.groupcall(leg.groupcallId).dialTimeout;
  turn.emit({ type: 'leg_dialed', at: turn.now, legId, deadline });
}

/** Hangs a living leg up. `answered`: it has just answered, but somebody else won. */
export function hangUpLeg(turn: Turn, legId: string, reason: LegHangupReason, answered = false): void {
  turn.emit({ type: 'leg_hangingup', at: turn.now, legId, reason, answered });
  turn.hangup(legId, reason);
}

/**
 * Gives up every leg that nobody has heard of yet: an answered tree dials nobody (SPEC 4.3), not even by an order that
 * waits in the outbox or is being repeated. Whoever was placed all the same, with the reply lost, is hung up.
 */
export function giveUpUnplaced(turn: Turn): void {
  for (const leg of turn.state.legs.values()) {
    if (leg.status === 'planned') hangUpLeg(turn, leg.id, 'answered_elsewhere');
  }
}

/** Hangs up every phone that may still ring, on every level: somebody answered elsewhere. */
export function hangUpLosers(turn: Turn): void {
  for (const leg of turn.state.legs.values()) {
    if (isUndecided(leg)) hangUpLeg(turn, leg.id, 'answered_elsewhere');
  }
}

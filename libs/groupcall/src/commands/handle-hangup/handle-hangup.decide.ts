import { endLeg } from '../../domain/end-leg.js';
import { noteDialed } from '../../domain/leg-moves.js';
import { LEG_HANGUP_REASONS, type LegHangupReason } from '../../domain/status.js';
import type { LegState } from '../../domain/tree-state.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleHangupCommand } from './handle-hangup.command.js';

export function decideLegHangup(turn: Turn, command: HandleHangupCommand): void {
  if (turn.leg(command.legId).status === 'hangup') return;
  noteDialed(turn, command.legId);
  endLeg(turn, command.legId, reasonOf(command.reason, turn.leg(command.legId)), 'remote');
}

/** The end of a call is a fact whatever it is called: a word of the gateway's own must not keep the leg alive. */
function reasonOf(told: string, leg: LegState): LegHangupReason {
  const known = LEG_HANGUP_REASONS.find((reason) => reason === told);
  return known ?? (leg.tmAnswer === null ? 'failed' : 'normal');
}

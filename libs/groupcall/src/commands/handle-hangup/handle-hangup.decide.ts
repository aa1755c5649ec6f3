import { endLeg } from '../../domain/end-leg.js';
import { noteDialed } from '../../domain/leg-moves.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleHangupCommand } from './handle-hangup.command.js';

export function decideLegHangup(turn: Turn, command: HandleHangupCommand): void {
  if (turn.leg(command.legId).status === 'hangup') return;
  noteDialed(turn, command.legId);
  endLeg(turn, command.legId, command.reason, 'remote');
}

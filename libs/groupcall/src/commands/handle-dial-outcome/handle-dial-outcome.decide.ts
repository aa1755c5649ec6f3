import { endLeg } from '../../domain/end-leg.js';
import { noteDialed } from '../../domain/leg-moves.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleDialOutcomeCommand } from './handle-dial-outcome.command.js';

export function decideDialOutcome(turn: Turn, command: HandleDialOutcomeCommand): void {
  switch (command.outcome) {
    case 'accepted':
      noteDialed(turn, command.legId);
      return;
    case 'refused':
      endLeg(turn, command.legId, 'failed', '');
      return;
    case 'forbidden':
      // Ours, not the gateway's: told apart from a call that nobody could place.
      endLeg(turn, command.legId, 'rejected', 'local');
      return;
    case 'never_placed':
      endLeg(turn, command.legId, 'cancel', 'local');
      return;
  }
}

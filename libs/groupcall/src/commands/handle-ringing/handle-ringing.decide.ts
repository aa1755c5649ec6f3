import { noteDialed } from '../../domain/leg-moves.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleRingingCommand } from './handle-ringing.command.js';

export function decideRinging(turn: Turn, command: HandleRingingCommand): void {
  const { status } = turn.leg(command.legId);
  if (status !== 'planned' && status !== 'dialing') return;
  noteDialed(turn, command.legId);
  turn.emit({ type: 'leg_ringing', at: turn.now, legId: command.legId });
}

import { conflict } from '../../domain/groupcall-error.js';
import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { hangUpLosers } from '../../domain/leg-moves.js';
import type { Turn } from '../../domain/turn.js';
import type { HangupOthersCommand } from './hangup-others.command.js';

export function decideHangupOthers(turn: Turn, command: HangupOthersCommand): GroupcallResource {
  const groupcall = turn.groupcall(command.groupcallId);
  if (turn.state.winnerLegId !== null) {
    hangUpLosers(turn);
  } else if (groupcall.status !== 'hangup') {
    throw conflict(
      `Groupcall ${groupcall.id} has not been answered: there is no winner to keep. Use hangup instead.`,
    );
  }
  return toGroupcallResource(turn.groupcall(command.groupcallId));
}

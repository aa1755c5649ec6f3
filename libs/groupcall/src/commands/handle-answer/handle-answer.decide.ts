import { NIL_UUID } from '@groupcall/shared';
import { endAllDone } from '../../domain/end-of-groupcall.js';
import { giveUpUnplaced, hangUpLeg, hangUpLosers, noteDialed } from '../../domain/leg-moves.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleAnswerCommand } from './handle-answer.command.js';

/** `won`: this leg is the winner (also on a repeat). `lost`: it is being hung up. */
export type AnswerOutcome = 'won' | 'lost';

export function decideAnswer(turn: Turn, command: HandleAnswerCommand): AnswerOutcome {
  const { legId } = command;
  const leg = turn.leg(legId);
  switch (leg.status) {
    case 'progressing':
      return 'won';
    case 'hangingup':
      // CANCEL crossed the answer: the first hangup may have found nothing to end (RFC 3261, 9.1).
      turn.hangup(legId, leg.hangupReason || 'answered_elsewhere', true);
      return 'lost';
    case 'hangup':
      turn.emit({ type: 'late_answer', at: turn.now, legId });
      turn.hangup(legId, 'answered_elsewhere', true);
      return 'lost';
    case 'planned':
    case 'dialing':
    case 'ringing':
      noteDialed(turn, legId);
      if (turn.state.winnerLegId !== null) {
        hangUpLeg(turn, legId, 'answered_elsewhere', true);
        return 'lost';
      }
      win(turn, legId);
      return 'won';
  }
}

/** The one place where a tree gets its winner: the leg, the path above it, and the end of everybody else. */
function win(turn: Turn, legId: string): void {
  const { now: at } = turn;
  turn.emit({ type: 'leg_answered', at, legId });
  let groupcallId = turn.leg(legId).groupcallId;
  turn.emit({
    type: 'groupcall_answered',
    at,
    groupcallId,
    answerCallId: legId,
    answerGroupcallId: NIL_UUID,
  });
  for (let parentId = turn.groupcall(groupcallId).masterGroupcallId; parentId !== NIL_UUID;) {
    turn.emit({
      type: 'groupcall_answered',
      at,
      groupcallId: parentId,
      answerCallId: NIL_UUID,
      answerGroupcallId: groupcallId,
    });
    groupcallId = parentId;
    parentId = turn.groupcall(groupcallId).masterGroupcallId;
  }
  if (turn.groupcall(turn.state.rootId).answerMethod === 'hangup_others') hangUpLosers(turn);
  else giveUpUnplaced(turn);
  // Children that had nothing alive and were only waiting for their turn have no turn any more.
  endAllDone(turn);
}

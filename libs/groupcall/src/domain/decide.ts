import { decideCreate } from '../commands/create-groupcall/create-groupcall.decide.js';
import { decideDelete } from '../commands/delete-groupcall/delete-groupcall.decide.js';
import { decideAlarm } from '../commands/handle-alarm/handle-alarm.decide.js';
import { decideAnswer } from '../commands/handle-answer/handle-answer.decide.js';
import { decideDialOutcome } from '../commands/handle-dial-outcome/handle-dial-outcome.decide.js';
import { decideLegHangup } from '../commands/handle-hangup/handle-hangup.decide.js';
import { decideResolution } from '../commands/handle-resolution/handle-resolution.decide.js';
import { decideRinging } from '../commands/handle-ringing/handle-ringing.decide.js';
import { decideHangupOthers } from '../commands/hangup-others/hangup-others.decide.js';
import { decideHangup } from '../commands/hangup/hangup.decide.js';
import type { Effect } from './effect.js';
import { settled } from './evolve.js';
import { groupcallNotFound, legNotFound } from './groupcall-error.js';
import type { TreeCommand } from './tree-command.js';
import type { TreeEvent } from './tree-event.js';
import type { TreeState } from './tree-state.js';
import { Turn, type DecisionContext } from './turn.js';

/** What a command came to: facts, orders to the world, the state after them, and the answer to the sender. */
export interface Decision {
  readonly events: readonly TreeEvent[];
  readonly effects: readonly Effect[];
  readonly state: TreeState;
  readonly result: unknown;
}

/**
 * The rules of a tree as one pure function: no clock, no random source, no I/O, nothing awaited. The state handed in
 * is left as it was.
 * @throws GroupcallError when the command is refused; then nothing has happened
 */
export function decide(state: TreeState, command: TreeCommand, context: DecisionContext): Decision {
  const turn = new Turn(state, context);
  const result = decideOn(turn, command);
  return {
    events: turn.events,
    effects: turn.effects,
    state: settled(turn.state, turn.state.version),
    result,
  };
}

/** {@link decide} as one more step of a turn in which several commands are decided together. */
export function decideOn(turn: Turn, command: TreeCommand): unknown {
  refuseForeign(turn.state, command);
  switch (command.type) {
    case 'create_groupcall':
      return decideCreate(turn, command);
    case 'handle_ringing':
      return decideRinging(turn, command);
    case 'handle_answer':
      return decideAnswer(turn, command);
    case 'handle_hangup':
      return decideLegHangup(turn, command);
    case 'handle_dial_outcome':
      return decideDialOutcome(turn, command);
    case 'handle_resolution':
      return decideResolution(turn, command);
    case 'handle_alarm':
      return decideAlarm(turn, command);
    case 'hangup':
      return decideHangup(turn, command);
    case 'hangup_others':
      return decideHangupOthers(turn, command);
    case 'delete_groupcall':
      return decideDelete(turn, command);
  }
}

/** Somebody else's tree does not exist for the sender: the same error as for an unknown id. */
function refuseForeign(state: TreeState, command: TreeCommand): void {
  if (
    !('customerId' in command) ||
    command.customerId === undefined ||
    command.customerId === state.customerId
  )
    return;
  throw 'legId' in command ? legNotFound(command.legId) : groupcallNotFound(command.groupcallId);
}

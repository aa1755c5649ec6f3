import type { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import type { DeleteGroupcallCommand } from '../commands/delete-groupcall/delete-groupcall.command.js';
import type { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import type { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import type { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import type { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import type { HandleResolutionCommand } from '../commands/handle-resolution/handle-resolution.command.js';
import type { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import type { HangupOthersCommand } from '../commands/hangup-others/hangup-others.command.js';
import type { HangupCommand } from '../commands/hangup/hangup.command.js';

/** The commands that one tree decides. Those about many trees (a master call, a customer) become these. */
export type TreeCommand =
  | CreateGroupcallCommand
  | HandleRingingCommand
  | HandleAnswerCommand
  | HandleHangupCommand
  | HandleDialOutcomeCommand
  | HandleResolutionCommand
  | HandleAlarmCommand
  | HangupCommand
  | HangupOthersCommand
  | DeleteGroupcallCommand;

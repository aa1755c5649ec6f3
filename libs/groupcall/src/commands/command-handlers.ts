import type { Type } from '@nestjs/common';
import type { ICommand, ICommandHandler } from '@nestjs/cqrs';
import { CreateGroupcallCommand } from './create-groupcall/create-groupcall.command.js';
import { CreateGroupcallHandler } from './create-groupcall/create-groupcall.handler.js';
import { DeleteCustomerCommand } from './delete-customer/delete-customer.command.js';
import { DeleteCustomerHandler } from './delete-customer/delete-customer.handler.js';
import { DeleteGroupcallCommand } from './delete-groupcall/delete-groupcall.command.js';
import { DeleteGroupcallHandler } from './delete-groupcall/delete-groupcall.handler.js';
import { FreezeCustomerCommand } from './freeze-customer/freeze-customer.command.js';
import { FreezeCustomerHandler } from './freeze-customer/freeze-customer.handler.js';
import { HandleAlarmCommand } from './handle-alarm/handle-alarm.command.js';
import { HandleAlarmHandler } from './handle-alarm/handle-alarm.handler.js';
import { HandleAnswerCommand } from './handle-answer/handle-answer.command.js';
import { HandleAnswerHandler } from './handle-answer/handle-answer.handler.js';
import { HandleDialOutcomeCommand } from './handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleDialOutcomeHandler } from './handle-dial-outcome/handle-dial-outcome.handler.js';
import { HandleHangupCommand } from './handle-hangup/handle-hangup.command.js';
import { HandleHangupHandler } from './handle-hangup/handle-hangup.handler.js';
import { HandleMasterCallHangupCommand } from './handle-master-call-hangup/handle-master-call-hangup.command.js';
import { HandleMasterCallHangupHandler } from './handle-master-call-hangup/handle-master-call-hangup.handler.js';
import { HandleResolutionCommand } from './handle-resolution/handle-resolution.command.js';
import { HandleResolutionHandler } from './handle-resolution/handle-resolution.handler.js';
import { HandleRingingCommand } from './handle-ringing/handle-ringing.command.js';
import { HandleRingingHandler } from './handle-ringing/handle-ringing.handler.js';
import { HangupCommand } from './hangup/hangup.command.js';
import { HangupHandler } from './hangup/hangup.handler.js';
import { HangupOthersCommand } from './hangup-others/hangup-others.command.js';
import { HangupOthersHandler } from './hangup-others/hangup-others.handler.js';

/** A command and what carries it out. */
export interface UseCase {
  readonly command: Type<ICommand>;
  readonly handler: Type<ICommandHandler>;
}

/** Every use case there is: the folder listing is the feature list. */
export const USE_CASES: readonly UseCase[] = [
  { command: CreateGroupcallCommand, handler: CreateGroupcallHandler },
  { command: DeleteCustomerCommand, handler: DeleteCustomerHandler },
  { command: DeleteGroupcallCommand, handler: DeleteGroupcallHandler },
  { command: FreezeCustomerCommand, handler: FreezeCustomerHandler },
  { command: HandleAlarmCommand, handler: HandleAlarmHandler },
  { command: HandleAnswerCommand, handler: HandleAnswerHandler },
  { command: HandleDialOutcomeCommand, handler: HandleDialOutcomeHandler },
  { command: HandleHangupCommand, handler: HandleHangupHandler },
  { command: HandleMasterCallHangupCommand, handler: HandleMasterCallHangupHandler },
  { command: HandleResolutionCommand, handler: HandleResolutionHandler },
  { command: HandleRingingCommand, handler: HandleRingingHandler },
  { command: HangupCommand, handler: HangupHandler },
  { command: HangupOthersCommand, handler: HangupOthersHandler },
];

export const COMMAND_HANDLERS: Type[] = USE_CASES.map(({ handler }) => handler);

import type { Type } from '@nestjs/common';
import { CreateGroupcallHandler } from './create-groupcall/create-groupcall.handler.js';
import { DeleteCustomerHandler } from './delete-customer/delete-customer.handler.js';
import { DeleteGroupcallHandler } from './delete-groupcall/delete-groupcall.handler.js';
import { FreezeCustomerHandler } from './freeze-customer/freeze-customer.handler.js';
import { HandleAlarmHandler } from './handle-alarm/handle-alarm.handler.js';
import { HandleAnswerHandler } from './handle-answer/handle-answer.handler.js';
import { HandleDialOutcomeHandler } from './handle-dial-outcome/handle-dial-outcome.handler.js';
import { HandleHangupHandler } from './handle-hangup/handle-hangup.handler.js';
import { HandleMasterCallHangupHandler } from './handle-master-call-hangup/handle-master-call-hangup.handler.js';
import { HandleResolutionHandler } from './handle-resolution/handle-resolution.handler.js';
import { HandleRingingHandler } from './handle-ringing/handle-ringing.handler.js';
import { HangupHandler } from './hangup/hangup.handler.js';
import { HangupOthersHandler } from './hangup-others/hangup-others.handler.js';

/** Every use case there is: the folder listing is the feature list. */
export const COMMAND_HANDLERS: Type[] = [
  CreateGroupcallHandler,
  DeleteCustomerHandler,
  DeleteGroupcallHandler,
  FreezeCustomerHandler,
  HandleAlarmHandler,
  HandleAnswerHandler,
  HandleDialOutcomeHandler,
  HandleHangupHandler,
  HandleMasterCallHangupHandler,
  HandleResolutionHandler,
  HandleRingingHandler,
  HangupHandler,
  HangupOthersHandler,
];

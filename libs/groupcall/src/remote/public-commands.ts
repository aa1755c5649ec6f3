import type { Type } from '@nestjs/common';
import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { DeleteCustomerCommand } from '../commands/delete-customer/delete-customer.command.js';
import { DeleteGroupcallCommand } from '../commands/delete-groupcall/delete-groupcall.command.js';
import { FreezeCustomerCommand } from '../commands/freeze-customer/freeze-customer.command.js';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleMasterCallHangupCommand } from '../commands/handle-master-call-hangup/handle-master-call-hangup.command.js';
import { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import { HangupOthersCommand } from '../commands/hangup-others/hangup-others.command.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';

/** What a field of a command must be. `any`: the use case itself checks it, as it does for every sender. */
export type FieldRule = 'id' | 'optional id' | 'hangup reason' | 'any';

/** A use case that other processes may ask for. */
export interface PublicCommand {
  readonly name: string;
  readonly type: Type<object>;
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Must not be carried out when its sender has long given up: phones would ring for nobody. */
  readonly expires?: boolean;
}

const CUSTOMER = { customerId: 'optional id' } as const;
const OF_GROUPCALL = { groupcallId: 'id', ...CUSTOMER } as const;
const OF_LEG = { legId: 'id', ...CUSTOMER } as const;

/**
 * Every command of the public surface. All but `create_groupcall` are idempotent by nature: they name what is to be,
 * not what is to be added, so a second one finds it done.
 */
export const PUBLIC_COMMANDS: readonly PublicCommand[] = [
  {
    name: 'create_groupcall',
    type: CreateGroupcallCommand,
    fields: {
      id: 'any',
      customerId: 'any',
      source: 'any',
      destinations: 'any',
      ringMethod: 'any',
      answerMethod: 'any',
      flowId: 'any',
      masterCallId: 'any',
      dialTimeout: 'any',
      idempotencyKey: 'any',
    },
    expires: true,
  },
  { name: 'delete_customer', type: DeleteCustomerCommand, fields: { customerId: 'id' } },
  { name: 'delete_groupcall', type: DeleteGroupcallCommand, fields: OF_GROUPCALL },
  { name: 'freeze_customer', type: FreezeCustomerCommand, fields: { customerId: 'id' } },
  { name: 'handle_answer', type: HandleAnswerCommand, fields: OF_LEG },
  { name: 'handle_hangup', type: HandleHangupCommand, fields: { ...OF_LEG, reason: 'hangup reason' } },
  { name: 'handle_master_call_hangup', type: HandleMasterCallHangupCommand, fields: { masterCallId: 'id' } },
  { name: 'handle_ringing', type: HandleRingingCommand, fields: OF_LEG },
  { name: 'hangup', type: HangupCommand, fields: OF_GROUPCALL },
  { name: 'hangup_others', type: HangupOthersCommand, fields: OF_GROUPCALL },
];

/** Whether a command of that name must not be carried out when its sender has long given up. */
export function expires(name: string): boolean {
  return PUBLIC_COMMANDS.some((one) => one.name === name && one.expires === true);
}

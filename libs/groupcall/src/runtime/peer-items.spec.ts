import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';
import { HangupOthersCommand } from '../commands/hangup-others/hangup-others.command.js';
import { DeleteGroupcallCommand } from '../commands/delete-groupcall/delete-groupcall.command.js';
import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { uuidOf } from '../testing/scenario/index.js';
import { doItem, readDo, subjectOf } from './peer-items.js';

const legId = uuidOf('leg');
const groupcallId = uuidOf('groupcall');
const customerId = uuidOf('customer');

describe('A command for a peer', () => {
  it.each<TreeCommand>([
    new HandleAnswerCommand({ legId }),
    new HandleRingingCommand({ legId, customerId }),
    new HandleHangupCommand({ legId, reason: 'busy' }),
    new HangupCommand({ groupcallId, customerId }),
    new HangupOthersCommand({ groupcallId }),
    new DeleteGroupcallCommand({ groupcallId, customerId }),
  ])('arrives as it was: %j', (command) => {
    const item = JSON.parse(doItem(7, command, 'parent')) as never;
    expect(readDo(item)).toEqual(command);
    expect(readDo(item)).toBeInstanceOf(command.constructor);
    expect((item as unknown[]).at(-1)).toBe('parent');
    expect(subjectOf(command)).toBe('legId' in command ? legId : groupcallId);
  });

  it.each<TreeCommand>([
    new CreateGroupcallCommand({ customerId, destinations: [] }),
    new HandleDialOutcomeCommand({ rootId: groupcallId, legId, outcome: 'accepted' }),
    // Nobody knows what else is in it.
    new HandleHangupCommand({ legId, reason: 'because' as never }),
  ])('is none that makes something, comes of our own doing, or is not understood: %j', (command) => {
    expect(subjectOf(command)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['create_groupcall', { customerId, destinations: [] }],
    ['delete_customer', { customerId }],
    ['handle_alarm', { rootId: groupcallId, now: 0 }],
    ['hangup', { groupcallId: 'x' }],
    ['hangup', { groupcallId, more: 1 }],
    ['constructor', {}],
  ])('is refused when it is %s %j', (name, input) => {
    expect(() => readDo(['do', 1, name, input])).toThrow();
  });
});

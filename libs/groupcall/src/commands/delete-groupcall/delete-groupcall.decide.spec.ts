import {
  answers,
  create,
  dialWas,
  ends,
  given,
  group,
  passes,
  phone,
  remove,
  send,
  uuidOf,
} from '../../testing/scenario/index.js';
import { DeleteGroupcallCommand } from './delete-groupcall.command.js';

const tree = create([phone('anna'), group('sales', [phone('bob')])]);

describe('deleting a groupcall', () => {
  it('hangs it up if needed, and takes it and its children out of the lists', () => {
    const scenario = given(tree)
      .when(passes(1_000), remove())
      .then({
        hangsUp: [
          ['anna', 'cancel'],
          ['bob', 'cancel'],
        ],
        publishes: [
          'groupcall_hangingup root',
          'groupcall_hangingup sales',
          'groupcall_deleted root',
          'groupcall_deleted sales',
        ],
        groupcalls: { root: 'hangingup', sales: 'hangingup' },
      });
    for (const name of ['root', 'sales']) {
      expect(scenario.groupcall(name).tm_delete).toBe('2026-01-01 12:00:01.000000');
    }
    expect(scenario.outcome.result).toEqual(scenario.groupcall('root'));
  });

  it('still lets its legs end, each counted, and the groupcalls after them', () => {
    given(tree, remove())
      .when(ends('bob', 'cancel'), dialWas('never_placed', 'anna'))
      .then({
        publishes: [
          'groupcall_call_hangup bob',
          'groupcall_hangup sales',
          'groupcall_call_hangup anna',
          'groupcall_hangup root',
        ],
        groupcalls: { root: 'hangup cancel', sales: 'hangup cancel' },
      });
  });

  it('that has ended only deletes it', () => {
    given(tree, answers('anna'), ends('bob', 'cancel'), ends('anna'))
      .when(remove())
      .then({
        hangsUp: [],
        publishes: ['groupcall_deleted root', 'groupcall_deleted sales'],
        groupcalls: { root: 'hangup normal' },
      });
  });

  it('twice changes nothing', () => {
    const once = given(tree, remove());
    const twice = once.when(passes(5_000), remove()).thenNothing();
    expect(twice.outcome.result).toEqual(once.groupcall('root'));
    once.when(ends('anna', 'cancel'), ends('bob', 'cancel')).when(remove()).thenNothing();
  });

  it('while somebody talks hangs up the talk', () => {
    given(tree, answers('anna'))
      .when(remove())
      .then({ hangsUp: [['anna', 'normal']] });
  });

  it('is refused for a child alone', () => {
    given(tree)
      .when(remove('sales'))
      .thenRefused('CONFLICT', /is part of groupcall .*: delete that one/);
  });

  it('is refused for a child also after the end', () => {
    given(tree, ends('anna', 'busy'), ends('bob', 'busy')).when(remove('sales')).thenRefused('CONFLICT');
  });

  it('that does not exist, or is not theirs, is not found', () => {
    given(tree)
      .when(send(new DeleteGroupcallCommand({ groupcallId: uuidOf('nothing') })))
      .thenRefused('NOT_FOUND');
    given(tree)
      .when(
        send(
          ({ rootId }) =>
            new DeleteGroupcallCommand({ groupcallId: rootId, customerId: uuidOf('somebody else') }),
        ),
      )
      .thenRefused('NOT_FOUND');
  });
});

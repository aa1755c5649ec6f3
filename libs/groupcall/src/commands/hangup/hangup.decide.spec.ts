import {
  agent,
  alarmAfter,
  answers,
  create,
  createLinear,
  dialWas,
  ends,
  given,
  group,
  hangup,
  line,
  phone,
  resolves,
  rings,
  send,
  uuidOf,
} from '../../testing/scenario/index.js';
import { HangupCommand } from './hangup.command.js';

describe('a hangup request', () => {
  it('on the root hangs up every live leg on every level and says so', () => {
    const scenario = given(
      create([phone('anna'), group('sales', [phone('bob'), line('night', [phone('carl'), phone('dora')])])]),
    )
      .when(hangup())
      .then({
        hangsUp: [
          ['anna', 'cancel'],
          ['bob', 'cancel'],
          ['carl', 'cancel'],
        ],
        dials: [],
        publishes: ['groupcall_hangingup root', 'groupcall_hangingup sales', 'groupcall_hangingup night'],
        groupcalls: { root: 'hangingup', sales: 'hangingup', night: 'hangingup' },
        alarmIn: null,
      });
    expect(scenario.outcome.result).toEqual(scenario.groupcall('root'));
  });

  it('comes to its end when the legs have ended, children before parents', () => {
    given(create([phone('anna'), group('sales', [phone('bob')])]), hangup(), ends('anna', 'cancel'))
      .when(ends('bob', 'cancel'))
      .then({
        publishes: ['groupcall_call_hangup bob', 'groupcall_hangup sales', 'groupcall_hangup root'],
        groupcalls: { sales: 'hangup cancel', root: 'hangup cancel' },
      });
  });

  it('ends the groupcall at once when it has no live leg', () => {
    given(create([agent('smith'), group('desks', [agent('jones')])]))
      .when(hangup())
      .then({
        publishes: [
          'groupcall_hangingup root',
          'groupcall_hangingup desks',
          'groupcall_hangup desks',
          'groupcall_hangup root',
        ],
        groupcalls: { root: 'hangup cancel', desks: 'hangup cancel' },
      });
  });

  it('stops dialling: linear goes no further', () => {
    given(createLinear([phone('anna'), phone('bob')]), hangup())
      .when(ends('anna', 'busy'), alarmAfter(60_000))
      .then({ dials: [], groupcalls: { root: 'hangup cancel' }, legs: { anna: 'hangup cancel' } });
  });

  it('sent again changes nothing, also after the end', () => {
    const asked = given(create([phone('anna')]), hangup());
    asked.when(hangup()).thenNothing();
    const ended = asked.when(ends('anna', 'cancel'));
    const again = ended.when(hangup()).thenNothing();
    expect(again.outcome.result).toEqual(ended.groupcall('root'));
  });

  it('does not hang up twice what is being hung up already', () => {
    given(create([phone('anna'), phone('bob')]), rings('anna'), alarmAfter(30_000))
      .when(hangup())
      .then({ hangsUp: [], legs: { anna: 'hangingup dialout', bob: 'hangingup dialout' } })
      .when(ends('anna', 'cancel'), ends('bob', 'cancel'))
      .then({ groupcalls: { root: 'hangup cancel' } });
  });

  it('while talking ends the call as normal', () => {
    given(create([phone('anna'), phone('bob')]), answers('anna'))
      .when(hangup())
      .then({ hangsUp: [['anna', 'normal']], groupcalls: { root: 'hangingup' }, winner: 'anna' })
      .when(ends('bob', 'cancel'), ends('anna'))
      .then({ groupcalls: { root: 'hangup normal' }, legs: { anna: 'hangup normal' } });
  });

  it('with answer method "" hangs up the winner and whoever still rings', () => {
    given(create([phone('anna'), phone('bob')], { answerMethod: '' }), rings('bob'), answers('anna'))
      .when(hangup())
      .then({
        hangsUp: [
          ['anna', 'normal'],
          ['bob', 'cancel'],
        ],
      });
  });

  it('on a groupcall that does not exist, or is not theirs, is not found', () => {
    given(create([phone('anna')]))
      .when(send(new HangupCommand({ groupcallId: uuidOf('nothing') })))
      .thenRefused('NOT_FOUND');
    given(create([phone('anna')]))
      .when(
        send(({ rootId }) => new HangupCommand({ groupcallId: rootId, customerId: uuidOf('somebody else') })),
      )
      .thenRefused('NOT_FOUND');
  });
});

describe('a hangup request on a child', () => {
  const tree = create([phone('anna'), group('sales', [phone('bob'), group('night', [phone('carl')])])]);

  it('stops that subtree and leaves the rest alone', () => {
    given(tree)
      .when(hangup('sales'))
      .then({
        hangsUp: [
          ['bob', 'cancel'],
          ['carl', 'cancel'],
        ],
        publishes: ['groupcall_hangingup sales', 'groupcall_hangingup night'],
        groupcalls: { root: 'progressing', sales: 'hangingup', night: 'hangingup' },
        legs: { anna: 'planned' },
      });
  });

  it('is an ended destination for the parent', () => {
    given(tree, hangup('sales'), ends('bob', 'cancel'), ends('carl', 'cancel'))
      .then({ groupcalls: { root: 'progressing', sales: 'hangup cancel', night: 'hangup cancel' } })
      .when(ends('anna', 'busy'))
      .then({ groupcalls: { root: 'hangup busy' } });
  });

  it('lets a linear parent go on at once', () => {
    given(createLinear([group('sales', [phone('bob')]), phone('carl')]))
      .when(hangup('sales'))
      .then({ hangsUp: [['bob', 'cancel']], dials: ['carl'], groupcalls: { root: 'progressing' } });
  });

  it('that is still being looked up ends it, and the parent goes on', () => {
    given(createLinear([group('desks', [agent('smith')]), phone('carl')]))
      .when(hangup('desks'))
      .then({ dials: ['carl'], groupcalls: { desks: 'hangup cancel', root: 'progressing' } });
  });

  it('as the last destination ends the parent too', () => {
    given(create([group('desks', [agent('smith')])]))
      .when(hangup('desks'))
      .then({
        publishes: ['groupcall_hangingup desks', 'groupcall_hangup desks', 'groupcall_hangup root'],
        groupcalls: { root: 'hangup cancel' },
      });
  });

  it('with the winner in it ends the whole call', () => {
    given(tree, answers('carl'), ends('anna', 'cancel'), ends('bob', 'cancel'))
      .when(hangup('night'))
      .then({ hangsUp: [['carl', 'normal']], groupcalls: { night: 'hangingup', root: 'progressing' } })
      .when(ends('carl'))
      .then({ groupcalls: { night: 'hangup normal', sales: 'hangup normal', root: 'hangup normal' } });
  });

  it('does not touch the winner elsewhere', () => {
    given(
      create([phone('anna'), group('sales', [phone('bob')])], { answerMethod: '' }),
      rings('bob'),
      answers('anna'),
    )
      .when(hangup('sales'))
      .then({
        hangsUp: [['bob', 'cancel']],
        legs: { anna: 'progressing' },
        groupcalls: { root: 'progressing' },
      });
  });
});

describe('legs that are planned but not placed yet', () => {
  it('are never placed: the order to hang up follows the order to dial in the same lane', () => {
    const { outcome } = given().when(create([phone('anna')]), hangup());
    const lanes = outcome.effects.flatMap((effect) =>
      effect.kind === 'dial' || effect.kind === 'hangup' ? [`${effect.kind} in ${effect.lane}`] : [],
    );
    const [legId] = outcome.effects.flatMap((effect) => (effect.kind === 'dial' ? [effect.legId] : []));
    expect(lanes).toEqual([`dial in ${legId}`, `hangup in ${legId}`]);
  });

  it('end without ever having been dialled', () => {
    given(create([phone('anna')]), hangup())
      .when(dialWas('never_placed', 'anna'))
      .then({
        publishes: ['groupcall_call_hangup anna', 'groupcall_hangup root'],
        groupcalls: { root: 'hangup cancel' },
      });
  });
});

describe('a hangup request on an agent that was resolved', () => {
  it('stops that agent only', () => {
    given(create([agent('smith'), phone('anna')]), resolves('smith', [phone('desk')]))
      .when(hangup('smith'))
      .then({ hangsUp: [['desk', 'cancel']], legs: { anna: 'planned' } });
  });
});

import {
  alarmAfter,
  answers,
  create,
  createLinear,
  ends,
  given,
  group,
  hangup,
  line,
  phone,
  rings,
  send,
  uuidOf,
} from '../../testing/scenario/index.js';
import type { LegHangupReason } from '../../domain/status.js';
import { HandleHangupCommand } from './handle-hangup.command.js';

describe("a leg's end", () => {
  const two = create([phone('anna'), phone('bob')]);

  it('is counted once, whatever arrives twice', () => {
    const once = given(two, rings('anna'))
      .when(ends('anna', 'busy'))
      .then({
        publishes: ['groupcall_call_hangup anna'],
        legs: { anna: 'hangup busy' },
        dials: [],
        hangsUp: [],
      });
    expect(once.groupcall('root').call_count).toBe(1);
    const twice = once.when(ends('anna', 'busy')).thenNothing();
    twice.when(ends('anna', 'noanswer')).thenNothing();
    expect(twice.groupcall('root').call_count).toBe(1);
  });

  it('implies that the phone was dialled, when nobody has said so yet', () => {
    given(two)
      .when(ends('anna', 'busy'))
      .then({ publishes: ['groupcall_call_dialed anna', 'groupcall_call_hangup anna'] });
  });

  it('says who ended it, why and when', () => {
    const scenario = given(two, alarmAfter(1_000), ends('anna', 'rejected'));
    expect(scenario.leg('anna')).toMatchObject({
      status: 'hangup',
      hangup_reason: 'rejected',
      hangup_by: 'remote',
      tm_hangup: '2026-01-01 12:00:01.000000',
    });
  });

  it('keeps our reason when it was us who ended it', () => {
    const scenario = given(two, alarmAfter(30_000), ends('anna', 'cancel'));
    expect(scenario.leg('anna')).toMatchObject({ hangup_reason: 'dialout', hangup_by: 'local' });
  });

  it.each(['Q.850 cause 41', 'Normal', '', '\u0000', 'x'.repeat(5_000), null, 16])(
    'is one all the same when the gateway has a word of its own for it: %j',
    (word) => {
      const reason = word as LegHangupReason;
      given(two)
        .when(ends('anna', reason))
        .then({ legs: { anna: 'hangup failed' } });
      given(two, answers('anna'))
        .when(ends('anna', reason))
        .then({ legs: { anna: 'hangup normal' } });
    },
  );

  it('leaves the others of ring_all ringing', () => {
    given(two)
      .when(ends('anna', 'busy'))
      .then({ hangsUp: [], legs: { bob: 'planned' }, groupcalls: { root: 'progressing' } });
  });

  it('of the last one ends the groupcall', () => {
    given(two, ends('anna', 'busy'), rings('bob'))
      .when(ends('bob', 'busy'))
      .then({
        publishes: ['groupcall_call_hangup bob', 'groupcall_hangup root'],
        groupcalls: { root: 'hangup busy' },
        alarmIn: null,
      });
  });

  it('for a leg that does not exist is not found', () => {
    given(two)
      .when(send(new HandleHangupCommand({ legId: uuidOf('nobody'), reason: 'busy' })))
      .thenRefused('NOT_FOUND');
  });
});

describe('linear', () => {
  const three = createLinear([phone('anna'), phone('bob'), phone('carl')]);

  it('dials the next one when the current one has ended without an answer', () => {
    const scenario = given(three)
      .when(ends('anna', 'busy'))
      .then({ dials: ['bob'], hangsUp: [], alarmIn: 30_000 });
    expect(scenario.groupcall('root')).toMatchObject({ dial_index: 1, call_count: 1 });
  });

  it('appends to call_ids as it dials', () => {
    const scenario = given(three, ends('anna', 'busy'), ends('bob', 'busy'));
    expect(scenario.groupcall('root').call_ids).toEqual(
      ['anna', 'bob', 'carl'].map((name) => scenario.leg(name).id),
    );
  });

  it('skips nobody when the same end is told twice', () => {
    given(three, ends('anna', 'busy'))
      .when(ends('anna', 'busy'))
      .thenNothing()
      .then({ legs: { bob: 'planned' } });
  });

  it('ends when the last one has ended', () => {
    given(three, ends('anna', 'busy'), ends('bob', 'noanswer'))
      .when(ends('carl', 'failed'))
      .then({ groupcalls: { root: 'hangup noanswer' } });
  });

  it('dials nobody any more when the winner hangs up', () => {
    given(three, answers('anna'))
      .when(ends('anna'))
      .then({
        dials: [],
        hangsUp: [],
        publishes: ['groupcall_call_hangup anna', 'groupcall_hangup root'],
        groupcalls: { root: 'hangup normal' },
      });
  });

  it('does not dial the next one again when the one left before has ended at last', () => {
    given(three, rings('anna'))
      .when(alarmAfter(30_000))
      .then({ dials: ['bob'] })
      .when(ends('anna', 'cancel'))
      .then({ dials: [], legs: { anna: 'hangup dialout', bob: 'planned' } });
  });

  it('waits for a whole child, and goes on when the last of it has ended', () => {
    const scenario = given(
      createLinear([
        group('sales', [phone('anna'), line('night', [phone('bob'), phone('carl')])]),
        phone('dora'),
      ]),
    );
    scenario.when(ends('anna', 'busy')).then({ dials: [] });
    scenario.when(ends('anna', 'busy'), ends('bob', 'busy')).then({ dials: ['carl'] });
    scenario
      .when(ends('anna', 'busy'), ends('bob', 'busy'), ends('carl', 'noanswer'))
      .then({ dials: ['carl', 'dora'], groupcalls: { sales: 'hangup noanswer', night: 'hangup noanswer' } });
  });

  it('stays with a child in which somebody still rings', () => {
    given(createLinear([group('sales', [phone('anna'), phone('bob')]), phone('carl')]), rings('anna'))
      .when(ends('bob', 'busy'))
      .then({ dials: [], groupcalls: { sales: 'progressing' } });
  });

  it('goes on from a child whose last phone is being hung up, before the gateway has confirmed it', () => {
    given(
      createLinear([group('sales', [phone('anna'), phone('bob')]), phone('carl')]),
      ends('anna', 'busy'),
      rings('bob'),
    )
      .when(alarmAfter(30_000))
      .then({
        hangsUp: [['bob', 'dialout']],
        dials: ['carl'],
        groupcalls: { sales: 'progressing', root: 'progressing' },
      });
  });
});

describe('the end of the tree', () => {
  it('comes when the winner hangs up and the losers have ended, children before parents', () => {
    const tree = given(
      create([phone('anna'), group('sales', [phone('bob'), group('night', [phone('carl')])])]),
      answers('carl'),
    );
    tree
      .when(ends('carl'))
      .then({
        publishes: ['groupcall_call_hangup carl', 'groupcall_hangup night'],
        groupcalls: { night: 'hangup normal', sales: 'progressing', root: 'progressing' },
      })
      .when(ends('anna', 'cancel'), ends('bob', 'cancel'))
      .then({
        publishes: [
          'groupcall_call_hangup anna',
          'groupcall_call_hangup bob',
          'groupcall_hangup sales',
          'groupcall_hangup root',
        ],
        groupcalls: { sales: 'hangup normal', root: 'hangup normal' },
      });
  });

  it('comes once: losers first, then the winner', () => {
    given(create([phone('anna'), phone('bob')]), answers('anna'), ends('bob', 'cancel'))
      .when(ends('anna'))
      .then({ publishes: ['groupcall_call_hangup anna', 'groupcall_hangup root'] });
  });

  it('leaves nothing that can change any more', () => {
    const ended = given(
      create([phone('anna'), phone('bob')]),
      answers('anna'),
      ends('bob', 'cancel'),
      ends('anna'),
    );
    ended
      .when(ends('anna', 'failed'), ends('bob', 'busy'), rings('bob'), hangup(), alarmAfter(60_000))
      .thenNothing();
  });

  it('ends a winner who was hung up on request as normal, and the groupcall with it', () => {
    given(create([phone('anna')]), answers('anna'))
      .when(hangup())
      .then({ hangsUp: [['anna', 'normal']], groupcalls: { root: 'hangingup' } })
      .when(ends('anna'))
      .then({ legs: { anna: 'hangup normal' }, groupcalls: { root: 'hangup normal' } });
  });
});

describe('the hangup reason of an unanswered groupcall', () => {
  it.each([
    [['busy', 'failed'], 'busy'],
    [['failed', 'rejected'], 'rejected'],
    [['rejected', 'busy'], 'busy'],
    [['busy', 'noanswer', 'rejected', 'failed'], 'noanswer'],
    [['failed', 'dialout'], 'dialout'],
    [['noanswer', 'dialout', 'busy'], 'dialout'],
    [['failed', 'failed'], 'failed'],
    [['normal', 'busy'], 'busy'],
    [['normal', 'cancel'], 'noanswer'],
  ] as const)('with legs that ended %s is %s, in whichever order they ended', (reasons, expected) => {
    const names = reasons.map((_, index) => `phone-${index}`);
    const all = names.map((name, index) => ends(name, reasons[index]));
    const begun = given(create(names.map(phone)));
    begun.when(...all).then({ groupcalls: { root: `hangup ${expected}` } });
    begun.when(...all.reverse()).then({ groupcalls: { root: `hangup ${expected}` } });
  });

  it('takes the reasons of children in', () => {
    given(create([phone('anna'), group('sales', [phone('bob'), phone('carl')])]))
      .when(ends('anna', 'failed'), ends('bob', 'rejected'), ends('carl', 'busy'))
      .then({ groupcalls: { sales: 'hangup busy', root: 'hangup busy' } });
  });

  it('is dialout when the ring time of any of them ran out', () => {
    given(create([phone('anna'), phone('bob')]), ends('bob', 'noanswer'), alarmAfter(30_000))
      .when(ends('anna', 'cancel'))
      .then({ groupcalls: { root: 'hangup dialout' } });
  });

  it('is cancel when its only child was hung up on request', () => {
    given(create([group('sales', [phone('anna')])]), hangup('sales'))
      .when(ends('anna', 'cancel'))
      .then({ groupcalls: { sales: 'hangup cancel', root: 'hangup cancel' } });
  });
});

import {
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
  passes,
  phone,
  rings,
  send,
} from '../../testing/scenario/index.js';
import { HandleAlarmCommand } from './handle-alarm.command.js';

describe('when the ring time has run out', () => {
  it('a phone that was neither answered nor has ended is hung up with dialout', () => {
    given(create([phone('anna'), phone('bob'), phone('carl')]), rings('anna'), ends('bob', 'busy'))
      .when(alarmAfter(30_000))
      .then({
        hangsUp: [
          ['anna', 'dialout'],
          ['carl', 'dialout'],
        ],
        legs: { anna: 'hangingup dialout', carl: 'hangingup dialout' },
        publishes: [],
        groupcalls: { root: 'progressing' },
        alarmIn: null,
      })
      .when(ends('anna', 'cancel'), ends('carl', 'cancel'))
      .then({ groupcalls: { root: 'hangup dialout' } });
  });

  it('linear dials the next one at once, without waiting for the gateway to confirm', () => {
    const three = given(createLinear([phone('anna'), phone('bob'), phone('carl')]), rings('anna'));
    three
      .when(alarmAfter(30_000))
      .then({
        hangsUp: [['anna', 'dialout']],
        dials: ['bob'],
        legs: { anna: 'hangingup dialout', bob: 'planned' },
      })
      .when(rings('bob'), alarmAfter(30_000))
      .then({ hangsUp: [['bob', 'dialout']], dials: ['carl'] })
      .when(alarmAfter(30_000))
      .then({ hangsUp: [['carl', 'dialout']], dials: [], groupcalls: { root: 'progressing' } });
  });

  it('the counter follows the legs that have not ended, those being hung up included', () => {
    const scenario = given(createLinear([phone('anna'), phone('bob')]), rings('anna'), alarmAfter(30_000));
    expect(scenario.groupcall('root')).toMatchObject({ call_count: 2, dial_index: 1 });
    expect(scenario.when(ends('anna', 'cancel')).groupcall('root').call_count).toBe(1);
  });

  it('a linear parent leaves a child of which every phone is being hung up', () => {
    given(
      createLinear([
        group('day', [phone('anna'), phone('bob')]),
        line('night', [phone('carl'), phone('dora')]),
      ]),
    )
      .when(alarmAfter(30_000))
      .then({
        hangsUp: [
          ['anna', 'dialout'],
          ['bob', 'dialout'],
        ],
        dials: ['carl'],
        publishes: ['groupcall_created night'],
      });
  });

  it('a linear parent stays with a child that has somebody left', () => {
    given(createLinear([line('day', [phone('anna'), phone('bob')]), phone('carl')]))
      .when(alarmAfter(30_000))
      .then({ hangsUp: [['anna', 'dialout']], dials: ['bob'] });
  });

  it('several chains go on in the same decision, each by one', () => {
    given(
      create([line('left', [phone('anna'), phone('bob')]), line('right', [phone('carl'), phone('dora')])]),
    )
      .when(alarmAfter(30_000))
      .then({
        hangsUp: [
          ['anna', 'dialout'],
          ['carl', 'dialout'],
        ],
        dials: ['bob', 'dora'],
      });
  });

  it('every leg has its own: the ring time of its groupcall', () => {
    given(create([phone('anna'), group('short', [phone('bob')], { dial_timeout: 5_000 })]))
      .when(alarmAfter(5_000))
      .then({ hangsUp: [['bob', 'dialout']], alarmIn: 25_000 })
      .when(alarmAfter(25_000))
      .then({ hangsUp: [['anna', 'dialout']], alarmIn: null });
  });

  it('a leg that nobody has heard of yet is given up as well', () => {
    given(create([phone('anna')]))
      .when(alarmAfter(30_000))
      .then({ hangsUp: [['anna', 'dialout']] })
      .when(dialWas('never_placed', 'anna'))
      .then({ legs: { anna: 'hangup dialout' }, groupcalls: { root: 'hangup dialout' } });
  });
});

describe('the ring time', () => {
  it('counts from the moment when the gateway took the call', () => {
    given(create([phone('anna')]), passes(2_000), dialWas('accepted', 'anna'))
      .then({ alarmIn: 30_000 })
      .when(alarmAfter(28_000))
      .thenNothing()
      .when(alarmAfter(2_000))
      .then({ hangsUp: [['anna', 'dialout']] });
  });

  it('is never cut short: one millisecond before it nothing happens', () => {
    given(create([phone('anna')], { dialTimeout: 1_000 }), rings('anna'))
      .when(alarmAfter(999))
      .thenNothing()
      .when(alarmAfter(1))
      .then({ hangsUp: [['anna', 'dialout']] });
  });
});

describe('an alarm with nothing to do changes nothing', () => {
  it('when it rings again', () => {
    given(create([phone('anna')]), alarmAfter(30_000))
      .when(alarmAfter(0), alarmAfter(10_000))
      .thenNothing();
  });

  it('when the tree was answered', () => {
    given(create([phone('anna'), phone('bob')]), answers('anna'))
      .when(alarmAfter(60_000))
      .thenNothing();
  });

  it('when the tree is being hung up', () => {
    given(create([phone('anna'), phone('bob')]), hangup())
      .when(alarmAfter(60_000))
      .thenNothing();
  });

  it('when the tree has ended', () => {
    given(create([phone('anna')]), ends('anna', 'busy'))
      .when(alarmAfter(60_000))
      .thenNothing();
  });

  it('when there is no such tree', () => {
    given()
      .when(send((state) => new HandleAlarmCommand({ rootId: state.rootId, now: Number.MAX_SAFE_INTEGER })))
      .thenNothing();
  });
});

describe('the alarm and the answer in the same moment', () => {
  it('the first one decided counts: the alarm', () => {
    given(create([phone('anna')]), rings('anna'))
      .when(alarmAfter(30_000), answers('anna'))
      .then({
        winner: null,
        hangsUp: [
          ['anna', 'dialout'],
          ['anna', 'dialout'],
        ],
      });
  });

  it('the first one decided counts: the answer', () => {
    given(create([phone('anna')]), rings('anna'), passes(30_000))
      .when(answers('anna'), alarmAfter(0))
      .then({ winner: 'anna', hangsUp: [] });
  });
});

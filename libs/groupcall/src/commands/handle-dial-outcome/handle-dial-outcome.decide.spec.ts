import {
  alarmAfter,
  answers,
  create,
  createLinear,
  dialWas,
  ends,
  given,
  hangup,
  passes,
  phone,
  rings,
} from '../../testing/scenario/index.js';

const two = create([phone('anna'), phone('bob')]);

describe('a leg that the gateway has taken', () => {
  it('is dialled, once', () => {
    const dialled = given(two)
      .when(passes(500), dialWas('accepted', 'anna'))
      .then({ publishes: ['groupcall_call_dialed anna'], legs: { anna: 'dialing', bob: 'planned' } });
    expect(dialled.leg('anna')).toMatchObject({
      tm_dial: '2026-01-01 12:00:00.500000',
      dial_deadline: '2026-01-01 12:00:30.500000',
    });
    dialled.when(dialWas('accepted', 'anna')).thenNothing();
  });

  it('stays what notifications have made of it meanwhile', () => {
    given(two, rings('anna')).when(dialWas('accepted', 'anna')).thenNothing();
    given(two, answers('anna')).when(dialWas('accepted', 'anna')).thenNothing();
    given(two, ends('anna')).when(dialWas('accepted', 'anna')).thenNothing();
    given(two, hangup()).when(dialWas('accepted', 'anna')).thenNothing();
  });
});

describe('a leg that our own guard does not let out', () => {
  it('is rejected by us, and the next one of a line has its turn', () => {
    const scenario = given(createLinear([phone('anna'), phone('bob')])).when(dialWas('forbidden', 'anna'));
    scenario.then({ legs: { anna: 'hangup rejected', bob: 'planned' } });
    expect(scenario.leg('anna')).toMatchObject({ hangup_by: 'local', tm_dial: '9999-01-01 00:00:00.000000' });
  });

  it('ends its groupcall as rejected when there is nobody else', () => {
    const scenario = given(create([phone('anna')])).when(dialWas('forbidden', 'anna'));
    expect(scenario.groupcall('root')).toMatchObject({ status: 'hangup', hangup_reason: 'rejected' });
  });
});

describe('a leg that the gateway refuses to place', () => {
  it('has failed, without ever having been dialled', () => {
    const scenario = given(two)
      .when(dialWas('refused', 'anna'))
      .then({ publishes: ['groupcall_call_hangup anna'], legs: { anna: 'hangup failed' }, hangsUp: [] });
    expect(scenario.leg('anna')).toMatchObject({ hangup_by: '', tm_dial: '9999-01-01 00:00:00.000000' });
    scenario.when(dialWas('refused', 'anna')).thenNothing();
  });

  it('lets linear go on', () => {
    given(createLinear([phone('anna'), phone('bob')]))
      .when(dialWas('refused', 'anna'))
      .then({ dials: ['bob'] });
  });

  it('ends the groupcall with failed when it was the last', () => {
    given(two)
      .when(dialWas('refused', 'anna'), dialWas('refused', 'bob'))
      .then({ groupcalls: { root: 'hangup failed' } });
  });
});

describe('a leg that was given up before the gateway heard of it', () => {
  it('has ended for the reason for which it was given up', () => {
    given(two, hangup())
      .when(dialWas('never_placed', 'anna'), dialWas('never_placed', 'bob'))
      .then({
        legs: { anna: 'hangup cancel', bob: 'hangup cancel' },
        groupcalls: { root: 'hangup cancel' },
        publishes: ['groupcall_call_hangup anna', 'groupcall_call_hangup bob', 'groupcall_hangup root'],
      });
    given(two, answers('bob'))
      .when(dialWas('never_placed', 'anna'))
      .then({ legs: { anna: 'hangup answered_elsewhere' } });
    given(two, alarmAfter(30_000))
      .when(dialWas('never_placed', 'anna'))
      .then({ legs: { anna: 'hangup dialout' } });
  });

  it('is counted once', () => {
    given(two, hangup(), dialWas('never_placed', 'anna')).when(dialWas('never_placed', 'anna')).thenNothing();
  });
});

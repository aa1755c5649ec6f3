import {
  alarmAfter,
  answers,
  create,
  dialWas,
  ends,
  given,
  hangup,
  passes,
  phone,
  rings,
  send,
  uuidOf,
} from '../../testing/scenario/index.js';
import { HandleRingingCommand } from './handle-ringing.command.js';

const two = create([phone('anna'), phone('bob')]);

describe('a phone that rings', () => {
  it('is said to ring, once', () => {
    const ringing = given(two, dialWas('accepted', 'anna'))
      .when(rings('anna'))
      .then({
        publishes: ['groupcall_call_ringing anna'],
        legs: { anna: 'ringing', bob: 'planned' },
        dials: [],
        hangsUp: [],
      });
    ringing.when(rings('anna')).thenNothing();
  });

  it('was dialled, even when the reply to the dial is still on its way', () => {
    given(two)
      .when(rings('anna'))
      .then({ publishes: ['groupcall_call_dialed anna', 'groupcall_call_ringing anna'] })
      .when(dialWas('accepted', 'anna'))
      .thenNothing();
  });

  it('keeps the ring time that began when it was dialled', () => {
    given(two, dialWas('accepted', 'anna'), dialWas('accepted', 'bob'))
      .when(passes(10_000), rings('anna'))
      .then({ alarmIn: 20_000 });
  });

  it('carries leg and groupcall in its event', () => {
    const scenario = given(two, dialWas('accepted', 'anna')).when(rings('anna'));
    const [effect] = scenario.outcome.effects;
    expect(effect).toMatchObject({
      kind: 'publish',
      event: {
        type: 'groupcall_call_ringing',
        tm: '2026-01-01 12:00:00.000000',
        leg: scenario.leg('anna'),
        data: scenario.groupcall('root'),
      },
    });
  });
});

describe('a ringing that comes too late changes nothing', () => {
  it('after the answer', () => {
    given(two, answers('anna')).when(rings('anna')).thenNothing();
  });

  it('while the leg is being hung up', () => {
    given(two, hangup()).when(rings('anna')).thenNothing();
    given(two, alarmAfter(30_000)).when(rings('bob')).thenNothing();
  });

  it('after the end', () => {
    given(two, ends('anna', 'busy')).when(rings('anna')).thenNothing();
  });
});

describe('a ringing for a leg that does not exist', () => {
  it('is not found', () => {
    given(two)
      .when(send(new HandleRingingCommand({ legId: uuidOf('nobody') })))
      .thenRefused('NOT_FOUND');
  });
});

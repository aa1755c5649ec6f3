import { NIL_UUID } from '@groupcall/shared';
import {
  agent,
  alarmAfter,
  answers,
  create,
  createLinear,
  dialWas,
  ends,
  extension,
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
import { HandleAnswerCommand } from './handle-answer.command.js';

const three = create([phone('anna'), phone('bob'), phone('carl')]);

describe('the first answer', () => {
  it('wins, and everybody else is hung up in the same decision', () => {
    given(three, rings('anna'), rings('bob'))
      .when(answers('bob'))
      .then({
        winner: 'bob',
        result: 'won',
        dials: [],
        hangsUp: [
          ['anna', 'answered_elsewhere'],
          ['carl', 'answered_elsewhere'],
        ],
        publishes: ['groupcall_progressing root'],
        legs: {
          anna: 'hangingup answered_elsewhere',
          bob: 'progressing',
          carl: 'hangingup answered_elsewhere',
        },
        groupcalls: { root: 'progressing' },
        alarmIn: null,
      });
  });

  it.each([
    ['planned', []],
    ['dialing', [dialWas('accepted', 'anna')]],
    ['ringing', [rings('anna')]],
  ])('wins on a leg that is %s', (_status, steps) => {
    given(three, ...steps)
      .when(answers('anna'))
      .then({ winner: 'anna', result: 'won' });
  });

  it('implies that the phone was dialled, when nobody has said so yet', () => {
    given(three)
      .when(answers('anna'))
      .then({ publishes: ['groupcall_call_dialed anna', 'groupcall_progressing root'] });
  });

  it('writes its leg on its own groupcall', () => {
    const scenario = given(three, answers('bob'));
    expect(scenario.groupcall('root')).toMatchObject({
      answer_call_id: scenario.leg('bob').id,
      answer_groupcall_id: NIL_UUID,
      status: 'progressing',
    });
  });

  it('remembers when it was', () => {
    const scenario = given(three, alarmAfter(2_500), answers('bob'));
    expect(scenario.leg('bob').tm_answer).toBe('2026-01-01 12:00:02.500000');
  });
});

describe('an answer three levels down', () => {
  const tree = create([
    phone('anna'),
    group('sales', [
      phone('bob'),
      line('night', [phone('carl'), phone('dora')]),
      group('day', [phone('emil')]),
    ]),
    line('bosses', [phone('frank'), phone('gerd')]),
  ]);

  it('stops every phone on every level, in the same decision', () => {
    given(tree)
      .when(answers('carl'))
      .then({
        winner: 'carl',
        dials: [],
        hangsUp: [
          ['anna', 'answered_elsewhere'],
          ['bob', 'answered_elsewhere'],
          ['emil', 'answered_elsewhere'],
          ['frank', 'answered_elsewhere'],
        ],
      });
  });

  it('is told along the winning path, from the phone up to the root, and nowhere else', () => {
    const scenario = given(tree, dialWas('accepted', 'carl'))
      .when(answers('carl'))
      .then({
        publishes: [
          'groupcall_progressing night',
          'groupcall_progressing sales',
          'groupcall_progressing root',
        ],
      });
    expect(scenario.groupcall('night')).toMatchObject({
      answer_call_id: scenario.leg('carl').id,
      answer_groupcall_id: NIL_UUID,
    });
    expect(scenario.groupcall('sales')).toMatchObject({
      answer_call_id: NIL_UUID,
      answer_groupcall_id: scenario.groupcall('night').id,
    });
    expect(scenario.groupcall('root')).toMatchObject({
      answer_call_id: NIL_UUID,
      answer_groupcall_id: scenario.groupcall('sales').id,
    });
    for (const loser of ['day', 'bosses']) {
      expect(scenario.groupcall(loser)).toMatchObject({
        answer_call_id: NIL_UUID,
        answer_groupcall_id: NIL_UUID,
      });
    }
  });

  it('stops every linear chain: nobody is dialled when the others have ended', () => {
    given(tree, answers('bob'))
      .when(ends('carl', 'cancel'), ends('frank', 'cancel'))
      .then({
        dials: [],
        publishes: [
          'groupcall_call_hangup carl',
          'groupcall_hangup night',
          'groupcall_call_hangup frank',
          'groupcall_hangup bosses',
        ],
        groupcalls: { night: 'hangup normal', bosses: 'hangup normal', root: 'progressing' },
      });
  });

  it('ends at once whatever had nothing alive and only waited for its turn', () => {
    // The agent is still being looked up.
    given(create([line('night', [agent('smith'), phone('dora')]), phone('anna')]))
      .when(dialWas('accepted', 'anna'), answers('anna'))
      .then({
        hangsUp: [],
        groupcalls: { night: 'hangup normal', root: 'progressing' },
        publishes: ['groupcall_call_dialed anna', 'groupcall_progressing root', 'groupcall_hangup night'],
      });
  });
});

describe('with answer method ""', () => {
  const keep = create([phone('anna'), line('night', [phone('bob'), phone('carl')]), phone('dora')], {
    answerMethod: '',
  });
  /** Every phone that has its turn is known to have been dialled. */
  const dialled = given(keep, ...['anna', 'bob', 'dora'].map((name) => dialWas('accepted', name)));

  it('nobody who has been dialled is hung up when somebody answers', () => {
    dialled.when(rings('bob'), answers('anna')).then({
      winner: 'anna',
      hangsUp: [],
      dials: [],
      legs: { bob: 'ringing', dora: 'dialing' },
    });
  });

  it('who is still to be dialled is given up, since nothing new is dialled', () => {
    given(keep, rings('anna'), rings('bob'))
      .when(answers('anna'))
      .then({
        winner: 'anna',
        hangsUp: [['dora', 'answered_elsewhere']],
        dials: [],
        publishes: ['groupcall_progressing root'],
        legs: { bob: 'ringing', dora: 'hangingup answered_elsewhere' },
      })
      .when(dialWas('never_placed', 'dora'))
      .then({ legs: { dora: 'hangup answered_elsewhere' }, groupcalls: { root: 'progressing' } });
  });

  it('a late reply to the dial of who was given up does not bring it back', () => {
    given(keep, rings('bob'), answers('anna'))
      .when(dialWas('accepted', 'dora'))
      .then({ legs: { dora: 'hangingup answered_elsewhere' }, dials: [] });
  });

  it('nothing new is dialled after it', () => {
    dialled
      .when(answers('anna'), ends('bob', 'busy'))
      .then({ dials: [], groupcalls: { night: 'hangup normal' } });
    dialled.when(answers('anna'), alarmAfter(30_000)).then({
      dials: [],
      hangsUp: [
        ['bob', 'dialout'],
        ['dora', 'dialout'],
      ],
    });
  });

  it('a second answer is one too many and loses', () => {
    dialled
      .when(answers('anna'))
      .when(rings('dora'), answers('dora'))
      .then({
        winner: 'anna',
        result: 'lost',
        hangsUp: [['dora', 'answered_elsewhere']],
        legs: { bob: 'dialing', dora: 'hangingup answered_elsewhere' },
      });
  });

  it('the end of the winner hangs up whoever still rings', () => {
    dialled
      .when(answers('anna'))
      .when(ends('anna'))
      .then({
        hangsUp: [
          ['bob', 'answered_elsewhere'],
          ['dora', 'answered_elsewhere'],
        ],
        groupcalls: { root: 'progressing' },
      })
      .when(ends('bob', 'cancel'), ends('dora', 'cancel'))
      .then({ groupcalls: { root: 'hangup normal', night: 'hangup normal' } });
  });
});

describe('every other answer', () => {
  it('loses: hung up at once, without an event and without a change of ids', () => {
    const before = given(three, rings('anna'), rings('bob'), answers('anna'));
    // The hangup of bob is on its way, and the answer crosses it.
    const after = before.when(answers('bob')).then({
      winner: 'anna',
      result: 'lost',
      publishes: [],
      hangsUp: [['bob', 'answered_elsewhere']],
      legs: { anna: 'progressing', bob: 'hangingup answered_elsewhere' },
    });
    expect(after.groupcall('root')).toEqual(before.groupcall('root'));
  });

  it('of a phone whose ring time ran out is hung up again, for the reason it was', () => {
    given(three, rings('anna'), alarmAfter(30_000))
      .when(answers('anna'))
      .then({ winner: null, result: 'lost', hangsUp: [['anna', 'dialout']], publishes: [] });
  });

  it('of a phone that was hung up on request loses as well', () => {
    given(three, hangup())
      .when(answers('anna'))
      .then({ winner: null, result: 'lost', hangsUp: [['anna', 'cancel']], publishes: [] });
  });

  it('after the end is hung up again and counted', () => {
    const scenario = given(three, ends('anna', 'busy'))
      .when(answers('anna'))
      .then({
        winner: null,
        result: 'lost',
        hangsUp: [['anna', 'answered_elsewhere']],
        publishes: [],
        legs: { anna: 'hangup busy', bob: 'planned' },
      });
    expect(scenario.state.lateAnswers).toBe(1);
  });

  it('after the end of the whole tree changes nothing but that count', () => {
    const ended = given(create([phone('anna')]), ends('anna', 'noanswer'));
    const late = ended.when(answers('anna')).then({ groupcalls: { root: 'hangup noanswer' }, winner: null });
    expect(late.state).toEqual({ ...ended.state, lateAnswers: 1, version: ended.state.version + 1 });
  });

  it('of a loser that has ended does not come back to life', () => {
    given(three, answers('anna'), ends('bob', 'cancel'))
      .when(answers('bob'))
      .then({
        winner: 'anna',
        hangsUp: [['bob', 'answered_elsewhere']],
        legs: { bob: 'hangup answered_elsewhere' },
      });
  });

  it('keeps the moment of a lost answer for the bill', () => {
    const scenario = given(
      create([phone('anna'), phone('bob')], { answerMethod: '' }),
      rings('bob'),
      answers('anna'),
      alarmAfter(700),
      answers('bob'),
    );
    expect(scenario.leg('bob').tm_answer).toBe('2026-01-01 12:00:00.700000');
  });
});

describe('the answer of the winner', () => {
  it('told again changes nothing', () => {
    const scenario = given(three, answers('anna')).when(answers('anna')).thenNothing();
    expect(scenario.outcome.result).toBe('won');
  });
});

describe('all phones that answer within the same moment', () => {
  it('have one winner, and all the others are hung up', () => {
    const names = Array.from({ length: 20 }, (_, index) => `phone-${index}`);
    const scenario = given(create(names.map(phone))).when(...names.map(answers));
    scenario.then({ winner: 'phone-0' });
    const hungUp = new Set(
      scenario.outcome.effects.flatMap((one) => (one.kind === 'hangup' ? [one.legId] : [])),
    );
    expect(hungUp).toEqual(new Set(names.slice(1).map((name) => scenario.leg(name).id)));
  });

  it('in two children at once make one of the children the winner', () => {
    given(create([group('left', [phone('anna')]), group('right', [phone('bob')])]))
      .when(answers('bob'), answers('anna'))
      .then({
        winner: 'bob',
        legs: { anna: 'hangingup answered_elsewhere', bob: 'progressing' },
        // bob's answer hangs anna up, and anna's, which crosses that, once more.
        hangsUp: [
          ['anna', 'answered_elsewhere'],
          ['anna', 'answered_elsewhere'],
        ],
      })
      .when(ends('anna', 'cancel'))
      .then({ groupcalls: { left: 'hangup normal', right: 'progressing', root: 'progressing' } });
  });
});

describe('an answer in a child that the linear parent has already left', () => {
  it('loses: the child was being hung up', () => {
    given(createLinear([group('day', [phone('anna')]), phone('bob')]), rings('anna'))
      .when(alarmAfter(30_000))
      .then({ dials: ['bob'], hangsUp: [['anna', 'dialout']] })
      .when(answers('anna'))
      .then({ winner: null, result: 'lost', hangsUp: [['anna', 'dialout']], legs: { bob: 'planned' } });
  });
});

describe('an answer on a phone of a resolved agent or extension', () => {
  it('wins for the whole tree', () => {
    given(
      create([agent('smith'), extension('2000'), phone('anna')]),
      resolves('smith', [phone('desk'), phone('mobile')]),
      resolves('2000', [phone('handset')]),
    )
      .when(answers('mobile'))
      .then({
        winner: 'mobile',
        hangsUp: [
          ['anna', 'answered_elsewhere'],
          ['desk', 'answered_elsewhere'],
          ['handset', 'answered_elsewhere'],
        ],
        publishes: [
          'groupcall_call_dialed mobile',
          'groupcall_progressing smith',
          'groupcall_progressing root',
        ],
      });
  });
});

describe('an answer on a leg that does not exist', () => {
  it('is not found', () => {
    given(three)
      .when(send(new HandleAnswerCommand({ legId: uuidOf('nobody') })))
      .thenRefused('NOT_FOUND');
  });

  it('nor is one that belongs to somebody else', () => {
    given(three)
      .when(
        send(
          (state) =>
            new HandleAnswerCommand({
              legId: [...state.legs.keys()][0],
              customerId: uuidOf('somebody else'),
            }),
        ),
      )
      .thenRefused('NOT_FOUND');
  });
});

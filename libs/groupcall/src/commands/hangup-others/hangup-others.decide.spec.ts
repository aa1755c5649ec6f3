import {
  answers,
  create,
  ends,
  given,
  group,
  hangup,
  hangupOthers,
  phone,
  rings,
} from '../../testing/scenario/index.js';

const request = create([phone('anna'), phone('bob'), group('sales', [phone('carl')])], { answerMethod: '' });
const keep = [request, rings('bob'), rings('carl')];

describe('hanging up the others', () => {
  it('does on demand what "" has left undone: everybody but the winner', () => {
    const scenario = given(...keep, answers('anna'))
      .when(hangupOthers())
      .then({
        hangsUp: [
          ['bob', 'answered_elsewhere'],
          ['carl', 'answered_elsewhere'],
        ],
        publishes: [],
        legs: { anna: 'progressing' },
        groupcalls: { root: 'progressing' },
      });
    expect(scenario.outcome.result).toEqual(scenario.groupcall('root'));
  });

  it('again changes nothing', () => {
    given(...keep, answers('anna'), hangupOthers())
      .when(hangupOthers())
      .thenNothing();
  });

  it('where it has happened already changes nothing', () => {
    given(create([phone('anna'), phone('bob')]), answers('anna'))
      .when(hangupOthers())
      .thenNothing();
  });

  it('on a child means the whole tree: there is one winner', () => {
    given(...keep, answers('anna'))
      .when(hangupOthers('sales'))
      .then({
        hangsUp: [
          ['bob', 'answered_elsewhere'],
          ['carl', 'answered_elsewhere'],
        ],
      });
  });

  it('is a conflict while nobody has answered', () => {
    given(...keep)
      .when(hangupOthers())
      .thenRefused('CONFLICT', /has not been answered/);
  });

  it('after the end changes nothing', () => {
    given(create([phone('anna')]), ends('anna', 'busy'))
      .when(hangupOthers())
      .thenNothing();
    given(create([phone('anna')]), answers('anna'), ends('anna'))
      .when(hangupOthers())
      .thenNothing();
  });

  it('on an ended child leaves a tree alone in which nobody has answered', () => {
    given(...keep, hangup('sales'), ends('carl', 'cancel'))
      .when(hangupOthers('sales'))
      .thenNothing()
      .then({ legs: { anna: 'planned', bob: 'ringing' } });
  });
});

import { answers, create, ends, given, group, hangupOthers, phone, remove, rings } from './index.js';

const two = create([phone('anna'), group('sales', [phone('bob')])]);

describe('a scenario', () => {
  it('fails when something else has come of it', () => {
    const scenario = given(two).when(answers('anna'));
    expect(() => scenario.then({ hangsUp: [] })).toThrow();
    expect(() => scenario.then({ winner: 'bob' })).toThrow();
    expect(() => scenario.then({ legs: { anna: 'ringing' } })).toThrow();
    expect(() => scenario.then({ groupcalls: { sales: 'hangup' } })).toThrow();
    expect(() => scenario.then({ publishes: ['groupcall_progressing root'] })).toThrow();
    expect(() => scenario.then({ alarmIn: 30_000 })).toThrow();
    expect(() => scenario.thenNothing()).toThrow();
    expect(() => scenario.thenRefused('CONFLICT')).toThrow('nothing was refused');
  });

  it('fails on a refused step that was not expected, and on another refusal than the expected one', () => {
    const scenario = given(two).when(remove('sales'));
    expect(() => scenario.then({ dials: [] })).toThrow('is part of groupcall');
    expect(() => scenario.thenNothing()).toThrow('is part of groupcall');
    expect(() => scenario.thenRefused('NOT_FOUND')).toThrow();
    expect(() => scenario.thenRefused('CONFLICT', /something else/)).toThrow();
    expect(() => given(two, remove('sales'))).toThrow('is part of groupcall');
    expect(() => given(two).when(hangupOthers(), rings('anna'))).toThrow('follows a refused one');
  });

  it('looks at the last when only', () => {
    given(two)
      .when(rings('anna'))
      .when(ends('bob', 'busy'))
      .then({
        publishes: ['groupcall_call_dialed bob', 'groupcall_call_hangup bob', 'groupcall_hangup sales'],
      });
  });

  it('may go on in two ways from one beginning', () => {
    const begun = given(two);
    begun.when(answers('anna')).then({ winner: 'anna' });
    begun.when(answers('bob')).then({ winner: 'bob' });
    begun.then({ winner: null });
  });

  it('says which names there are when one does not exist', () => {
    expect(() => given(two, answers('zoe'))).toThrow('0 legs are called "zoe"; there are: anna, bob.');
    expect(() => given(two).groupcall('zoe')).toThrow(
      '0 groupcalls are called "zoe"; there are: root, sales.',
    );
    expect(() => given(create([phone('anna'), phone('anna')]), answers('anna'))).toThrow(
      '2 legs are called "anna"',
    );
  });
});

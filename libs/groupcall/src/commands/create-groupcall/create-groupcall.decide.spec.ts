import { NIL_UUID } from '@groupcall/shared';
import {
  agent,
  answers,
  create,
  createLinear,
  CUSTOMER,
  ends,
  extension,
  given,
  group,
  limited,
  line,
  noLegsLeft,
  phone,
  remove,
  resolves,
  uuidOf,
} from '../../testing/scenario/index.js';

const source = { type: 'tel', target: '+1 555 123 0000', name: 'Reception' } as const;

describe('creating a groupcall', () => {
  it('with ring_all dials every destination at once', () => {
    given()
      .when(create([phone('anna'), phone('bob'), phone('carl')]))
      .then({
        dials: ['anna', 'bob', 'carl'],
        hangsUp: [],
        publishes: ['groupcall_created root'],
        legs: { anna: 'planned', bob: 'planned', carl: 'planned' },
        groupcalls: { root: 'progressing' },
        winner: null,
      });
  });

  it('with ring_all starts every child at once too, down to the last level', () => {
    given()
      .when(create([phone('anna'), group('sales', [phone('bob'), group('night', [phone('carl')])])]))
      .then({
        dials: ['anna', 'bob', 'carl'],
        publishes: ['groupcall_created root', 'groupcall_created sales', 'groupcall_created night'],
      });
  });

  it('linear dials the first destination only', () => {
    const scenario = given()
      .when(createLinear([phone('anna'), phone('bob')]))
      .then({ dials: ['anna'], legs: { anna: 'planned' } });
    expect(scenario.groupcall('root')).toMatchObject({ dial_index: 0, call_count: 1 });
  });

  it('linear starts only the first child, and of that what its own ring method says', () => {
    given()
      .when(createLinear([line('day', [phone('anna'), phone('bob')]), group('night', [phone('carl')])]))
      .then({ dials: ['anna'], publishes: ['groupcall_created root', 'groupcall_created day'] });
  });

  it('publishes created before anything is dialled, with the legs that will be', () => {
    const { outcome } = given().when(create([phone('anna'), group('sales', [phone('bob')])]));
    const kinds = outcome.effects.map((effect) => effect.kind);
    expect(kinds[0]).toBe('publish');
    expect(kinds.filter((kind) => kind === 'dial')).toHaveLength(2);
  });

  it('stores what was asked for, in canonical form, with the defaults filled in', () => {
    const scenario = given().when(
      create([{ type: 'tel', target: '+1 (555) 765-4321', name: 'Anna' }], {
        source,
        flowId: uuidOf('flow').toUpperCase(),
        masterCallId: uuidOf('master call'),
      }),
    );
    expect(scenario.groupcall('root')).toEqual({
      id: scenario.state.rootId,
      customer_id: CUSTOMER,
      owner_type: '',
      owner_id: NIL_UUID,
      status: 'progressing',
      flow_id: uuidOf('flow'),
      source: { type: 'tel', target: '+15551230000', target_name: '', name: 'Reception', detail: '' },
      destinations: [{ type: 'tel', target: '+15557654321', target_name: '', name: 'Anna', detail: '' }],
      master_call_id: uuidOf('master call'),
      master_groupcall_id: NIL_UUID,
      ring_method: 'ring_all',
      answer_method: 'hangup_others',
      answer_call_id: NIL_UUID,
      call_ids: [...scenario.state.legs.keys()],
      answer_groupcall_id: NIL_UUID,
      groupcall_ids: [],
      call_count: 1,
      groupcall_count: 0,
      dial_index: 0,
      tm_create: '2026-01-01 12:00:00.000000',
      tm_update: '2026-01-01 12:00:00.000000',
      tm_delete: '9999-01-01 00:00:00.000000',
      dial_timeout: 30_000,
      hangup_reason: '',
    });
    expect(scenario.outcome.result).toEqual(scenario.groupcall('root'));
  });

  it('hands what belongs to the whole tree down to every child', () => {
    const scenario = given().when(
      create([group('sales', [line('night', [phone('anna')], 5_000)])], {
        source,
        flowId: uuidOf('flow'),
        masterCallId: uuidOf('master call'),
        answerMethod: '',
        dialTimeout: 12_000,
      }),
    );
    const root = scenario.groupcall('root');
    const shared = {
      customer_id: CUSTOMER,
      source: root.source,
      flow_id: root.flow_id,
      master_call_id: root.master_call_id,
      answer_method: '',
    };
    expect(scenario.groupcall('sales')).toMatchObject({
      ...shared,
      master_groupcall_id: root.id,
      ring_method: 'ring_all',
      dial_timeout: 12_000,
    });
    expect(scenario.groupcall('night')).toMatchObject({
      ...shared,
      master_groupcall_id: scenario.groupcall('sales').id,
      ring_method: 'linear',
      dial_timeout: 5_000,
    });
    expect(scenario.leg('anna')).toMatchObject({
      customer_id: CUSTOMER,
      groupcall_id: scenario.groupcall('night').id,
    });
  });

  it('wakes up when the first ring time runs out', () => {
    given()
      .when(create([phone('anna'), group('sales', [phone('bob')], { dial_timeout: 7_000 })]))
      .then({ alarmIn: 7_000 });
  });

  it('asks the directory for agents and extensions, and dials nothing for them yet', () => {
    given()
      .when(create([agent('smith'), extension('2000'), phone('anna')]))
      .then({ asks: ['smith', '2000'], dials: ['anna'], groupcalls: { root: 'progressing' } });
  });

  it('asks nobody before the turn of an agent has come', () => {
    given(createLinear([phone('anna'), agent('smith')]))
      .then({ asks: [], dials: ['anna'] })
      .when(ends('anna', 'busy'))
      .then({ asks: ['smith'], dials: [] });
  });

  it('for one agent alone belongs to that agent from the beginning', () => {
    const scenario = given().when(create([agent('smith')]));
    expect(scenario.groupcall('root')).toMatchObject({
      owner_type: 'agent',
      owner_id: uuidOf('agent smith'),
    });
  });

  it('for an agent among others belongs to nobody', () => {
    const scenario = given().when(create([agent('smith'), phone('anna')]));
    expect(scenario.groupcall('root')).toMatchObject({ owner_type: '', owner_id: NIL_UUID });
  });
});

describe('creating the same groupcall again', () => {
  const request = create([phone('anna'), group('sales', [phone('bob')])], { source });

  it('returns the first one and dials nobody twice', () => {
    const first = given(request);
    const again = first.when(request).thenNothing();
    expect(again.outcome.result).toEqual(first.outcome.result);
  });

  it('returns it as it is now, also after it has ended and was deleted', () => {
    given(request, answers('anna'), ends('anna'), ends('bob'), remove())
      .when(request)
      .thenNothing()
      .then({ groupcalls: { root: 'hangup normal' } });
  });

  it.each([
    ['other destinations', create([phone('anna')], { source })],
    ['another order', create([group('sales', [phone('bob')]), phone('anna')], { source })],
    ['another source', create([phone('anna'), group('sales', [phone('bob')])])],
    ['another ring method', createLinear([phone('anna'), group('sales', [phone('bob')])], { source })],
    [
      'another answer method',
      create([phone('anna'), group('sales', [phone('bob')])], { source, answerMethod: '' }),
    ],
    [
      'another ring time',
      create([phone('anna'), group('sales', [phone('bob')])], { source, dialTimeout: 5_000 }),
    ],
    [
      'another customer',
      create([phone('anna'), group('sales', [phone('bob')])], {
        source,
        customerId: uuidOf('somebody else'),
      }),
    ],
  ])('but with %s is a conflict', (_difference, other) => {
    given(request).when(other).thenRefused('CONFLICT');
  });

  it('finds it again when the root has become its agent meanwhile', () => {
    given(create([agent('smith')]), resolves('smith', [phone('desk'), phone('mobile')]))
      .when(create([agent('smith')]))
      .thenNothing();
  });

  it('is a conflict when the root has become another agent', () => {
    given(create([agent('smith')]), resolves('smith', [phone('desk')]))
      .when(create([agent('jones')]))
      .thenRefused('CONFLICT');
  });
});

describe('a new groupcall that would be over a limit', () => {
  it("is refused with a time to wait when the customer's live legs are used up", () => {
    const { outcome } = given(noLegsLeft)
      .when(create([phone('anna')]))
      .thenRefused('RESOURCE_EXHAUSTED');
    expect(outcome.refusal!.retryAfter).toBeGreaterThan(0);
  });

  it('is refused with too many destinations, nested ones included', () => {
    given(limited({ destinations: 4 }))
      .when(create([phone('anna'), group('sales', [phone('bob'), phone('carl'), phone('dora')])]))
      .thenRefused('INVALID_ARGUMENT', /destinations: are 5, nested ones included; allowed are 4/);
    given(limited({ destinations: 4 }))
      .when(create([phone('anna'), group('sales', [phone('bob'), phone('carl')])]))
      .then({
        dials: ['anna', 'bob', 'carl'],
      });
  });

  it('is refused when it would place too many calls', () => {
    given(limited({ legsPerTree: 2 }))
      .when(create([phone('anna'), phone('bob'), phone('carl')]))
      .thenRefused('INVALID_ARGUMENT', /3 calls; allowed are 2/);
  });

  it('is refused when it is nested too deep, one level less is accepted', () => {
    const two = group('two', [phone('anna')]);
    given(limited({ depth: 2 }))
      .when(create([group('one', [two])]))
      .thenRefused(
        'INVALID_ARGUMENT',
        /destinations\[0\]\.destinations\[0\]\.destinations: is nested 3 levels deep/,
      );
    given(limited({ depth: 2 }))
      .when(create([two]))
      .then({ dials: ['anna'] });
  });

  it('is not refused when the limit is 0', () => {
    const many = Array.from({ length: 300 }, (_, index) => phone(`phone-${index}`));
    const deep = [1, 2, 3, 4, 5, 6, 7].reduce(
      (inner, level) => group(`level-${level}`, [inner]),
      phone('anna'),
    );
    const { outcome } = given(limited({ destinations: 0, legsPerTree: 0, depth: 0 })).when(
      create([...many, deep]),
    );
    expect(outcome.effects.filter(({ kind }) => kind === 'dial')).toHaveLength(301);
  });
});

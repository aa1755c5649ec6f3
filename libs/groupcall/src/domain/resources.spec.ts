import { answers, create, ends, given, group, phone, rings } from '../testing/scenario/index.js';

const scenario = given(create([phone('anna'), group('sales', [phone('bob')]), phone('carl')]));

describe('a groupcall on the wire', () => {
  it('has exactly these keys, in this order', () => {
    expect(Object.keys(scenario.groupcall('root'))).toEqual(
      (
        'id customer_id owner_type owner_id status flow_id source destinations master_call_id master_groupcall_id ' +
        'ring_method answer_method answer_call_id call_ids answer_groupcall_id groupcall_ids call_count ' +
        'groupcall_count dial_index tm_create tm_update tm_delete dial_timeout hangup_reason'
      ).split(' '),
    );
  });

  it('names legs and children in the order of their destinations, and counts the live ones', () => {
    const ids = (names: string[]) => names.map((name) => scenario.leg(name).id);
    expect(scenario.groupcall('root')).toMatchObject({
      call_ids: ids(['anna', 'carl']),
      groupcall_ids: [scenario.groupcall('sales').id],
      call_count: 2,
      groupcall_count: 1,
    });
    expect(scenario.when(ends('bob', 'busy'), ends('anna', 'busy')).groupcall('root')).toMatchObject({
      call_ids: ids(['anna', 'carl']),
      call_count: 1,
      groupcall_count: 0,
    });
  });
});

describe('a leg on the wire', () => {
  it('has exactly these keys, in this order', () => {
    expect(Object.keys(scenario.leg('anna'))).toEqual(
      (
        'id groupcall_id customer_id destination destination_index status hangup_reason hangup_by ' +
        'tm_create tm_dial tm_ringing tm_answer tm_hangup dial_deadline'
      ).split(' '),
    );
  });

  it('knows which moments have come', () => {
    const never = '9999-01-01 00:00:00.000000';
    const noon = '2026-01-01 12:00:00.000000';
    expect(scenario.leg('carl')).toMatchObject({
      status: 'planned',
      destination_index: 2,
      tm_create: noon,
      tm_dial: never,
      tm_ringing: never,
      tm_answer: never,
      tm_hangup: never,
      dial_deadline: '2026-01-01 12:00:30.000000',
    });
    expect(scenario.when(rings('carl'), answers('carl'), ends('carl')).leg('carl')).toMatchObject({
      tm_dial: noon,
      tm_ringing: noon,
      tm_answer: noon,
      tm_hangup: noon,
      hangup_reason: 'normal',
      hangup_by: 'remote',
    });
  });
});

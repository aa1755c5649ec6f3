import {
  alarmAfter,
  answers,
  create,
  dialWas,
  ends,
  given,
  group,
  passes,
  phone,
} from '../testing/scenario/index.js';
import { emptyTree, liveLegsOf, nextAlarmOf } from './tree-state.js';

describe('the next alarm of a tree', () => {
  it('is the earliest deadline of a leg that is not decided', () => {
    const begun = given(
      create([phone('anna'), group('short', [phone('bob')], { dial_timeout: 5_000 })]),
      passes(1_000),
      dialWas('accepted', 'bob'),
    );
    expect(nextAlarmOf(begun.state)).toBe(begun.now + 5_000);
    const later = begun.when(ends('bob', 'busy'));
    expect(nextAlarmOf(later.state)).toBe(later.now + 29_000);
  });

  it('is none when everybody has answered, ended or is being hung up', () => {
    expect(nextAlarmOf(emptyTree('', ''))).toBeNull();
    expect(nextAlarmOf(given(create([phone('anna')]), answers('anna')).state)).toBeNull();
    expect(nextAlarmOf(given(create([phone('anna')]), ends('anna')).state)).toBeNull();
    expect(nextAlarmOf(given(create([phone('anna')]), alarmAfter(30_000)).state)).toBeNull();
  });
});

describe('the live legs of a tree', () => {
  it('are those that have not ended, on all levels', () => {
    const begun = given(create([phone('anna'), group('sales', [phone('bob'), phone('carl')])]));
    expect(liveLegsOf(begun.state)).toBe(3);
    expect(liveLegsOf(begun.when(answers('bob')).state)).toBe(3);
    expect(liveLegsOf(begun.when(answers('bob'), ends('anna', 'cancel')).state)).toBe(2);
    expect(liveLegsOf(emptyTree('', ''))).toBe(0);
  });
});

import { isUuid } from '@groupcall/shared';
import { create, given, phone, uuidOf } from '../testing/scenario/index.js';
import { baseFor, baseOf, eventId, makerOf, memberId, memberNumber, newRootId } from './member-id.js';

describe('ids that follow from the tree', () => {
  it('are UUIDs of version 7, in order of their making', () => {
    const names = Array.from({ length: 100 }, (_, index) => `phone-${index}`);
    const ids = [...given(create(names.map(phone))).state.legs.keys()];
    expect(ids.every((id) => isUuid(id) && id[14] === '7')).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });

  it('say whose they are and which, and of a root of our own who made it', () => {
    const root = newRootId(1_764_000_000_000, 0xabc, '0123456789abcdef');
    const leg = memberId(root, 17);
    expect([baseOf(root), baseOf(leg), memberNumber(leg), makerOf(leg)]).toEqual([root, root, 17, 0xabc]);
    expect(isUuid(root) && isUuid(leg)).toBe(true);
  });

  it('begin with something else than a root whose id somebody chose, and with something else at another moment', () => {
    const root = uuidOf('one');
    expect(baseFor(root, 1_000)).toBe(baseFor(root, 1_000));
    expect(baseFor(root, 1_000)).not.toBe(baseFor(root, 1_001));
    expect(baseFor(root, 1_000)).not.toBe(baseFor(uuidOf('other'), 1_000));
    expect(baseOf(baseFor(root, 1_000))).toBe(baseFor(root, 1_000));
    expect(makerOf(memberId(baseFor(root, 1_000, 0xabc), 3))).toBe(0xabc);
  });

  it('of events never come twice in one tree, however many it makes in one moment', () => {
    const base = baseFor(uuidOf('one'), 1_000);
    const ids = Array.from({ length: 9_000 }, (_, sequence) => eventId(base, sequence, 1_000));
    expect(new Set(ids).size).toBe(9_000);
  });

  it('of events follow from tree and sequence', () => {
    const base = baseFor(uuidOf('one'), 1_000);
    const id = eventId(base, 7, 1_000);
    expect(isUuid(id)).toBe(true);
    expect(eventId(base, 7, 1_000)).toBe(id);
    expect(eventId(base, 8, 1_000)).not.toBe(id);
    expect(eventId(baseFor(uuidOf('other'), 1_000), 7, 1_000)).not.toBe(id);
  });
});

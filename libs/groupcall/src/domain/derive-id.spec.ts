import { isUuid } from '@groupcall/shared';
import { create, given, phone, uuidOf } from '../testing/scenario/index.js';
import { eventId, nextId } from './derive-id.js';
import { emptyTree } from './tree-state.js';

describe('ids that follow from the tree', () => {
  it('are UUIDs of version 7, in order of their making', () => {
    const names = Array.from({ length: 100 }, (_, index) => `phone-${index}`);
    const ids = [...given(create(names.map(phone))).state.legs.keys()];
    expect(ids.every((id) => isUuid(id) && id[14] === '7')).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });

  it('are others in another tree, and in the same tree later', () => {
    const one = emptyTree(uuidOf('one'), '');
    const other = emptyTree(uuidOf('other'), '');
    expect(nextId(one, 1_000)).toBe(nextId(one, 1_000));
    expect(nextId(one, 1_000)).not.toBe(nextId(other, 1_000));
    expect(nextId(one, 1_000)).not.toBe(nextId(one, 1_001));
  });

  it('never come twice in one tree, however many it makes in one moment', () => {
    const root = uuidOf('one');
    const ids = Array.from({ length: 9_000 }, (_, sequence) => eventId(root, sequence, 1_000));
    expect(new Set(ids).size).toBe(9_000);
  });

  it('of events follow from tree and sequence', () => {
    const id = eventId(uuidOf('one'), 7, 1_000);
    expect(isUuid(id)).toBe(true);
    expect(eventId(uuidOf('one'), 7, 1_000)).toBe(id);
    expect(eventId(uuidOf('one'), 8, 1_000)).not.toBe(id);
    expect(eventId(uuidOf('other'), 7, 1_000)).not.toBe(id);
  });
});

import * as fc from 'fast-check';
import { MemberIndex } from './member-index.js';

interface Owner {
  members: number;
  readonly ids: Set<string>;
}

const ownerOf = (...ids: string[]): Owner => ({ members: 0, ids: new Set(ids) });
const whoHas = (index: MemberIndex<Owner>, id: string) => index.find(id, ({ ids }) => ids.has(id));
/** Texts with one and the same hash. */
const [ALIKE, ALIKE_TOO] = ['costarring', 'liquid'];

describe('MemberIndex', () => {
  it('asks an owner before it names him: another id may have the same hash', () => {
    const index = new MemberIndex<Owner>();
    const owner = ownerOf(ALIKE);
    index.add(ALIKE, owner);
    expect(index.find(ALIKE_TOO, () => true)).toBe(owner);
    expect(whoHas(index, ALIKE_TOO)).toBeUndefined();
    const other = ownerOf(ALIKE_TOO);
    index.add(ALIKE_TOO, other);
    expect([whoHas(index, ALIKE), whoHas(index, ALIKE_TOO)]).toEqual([owner, other]);
    index.drop(owner);
    expect([whoHas(index, ALIKE), whoHas(index, ALIKE_TOO)]).toEqual([undefined, other]);
  });

  it('finds what a list of everybody would find, whoever comes and goes', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ who: fc.nat(30), add: fc.nat(400) }) },
      { weight: 1, arbitrary: fc.record({ who: fc.nat(30) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
        const index = new MemberIndex<Owner>();
        let owners = new Map<number, Owner>();
        const listed = new Map<string, Owner>();
        for (const { who, ...what } of steps) {
          const owner = owners.get(who) ?? ownerOf();
          owners = owners.set(who, owner);
          if (!('add' in what)) {
            index.drop(owner);
            owners.delete(who);
            for (const id of owner.ids) listed.delete(id);
            continue;
          }
          const id = `id ${what.add}`;
          if (listed.has(id) && listed.get(id) !== owner) continue;
          owner.ids.add(id);
          index.add(id, owner);
          listed.set(id, owner);
        }
        expect(index.size).toBe(listed.size);
        const wrong = Array.from({ length: 401 }, (_, number) => `id ${number}`).filter(
          (id) => whoHas(index, id) !== listed.get(id),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('has room for a hundred thousand, and gives it back when they have gone', () => {
    const index = new MemberIndex<Owner>();
    const owners = Array.from({ length: 10_000 }, (_, tree) =>
      ownerOf(...Array.from({ length: 10 }, (_member, leg) => `${tree}/${leg}`)),
    );
    for (const owner of owners) for (const id of owner.ids) index.add(id, owner);
    expect(index.size).toBe(100_000);
    expect(roomOf(index)).toBeLessThan(300_000);
    const wrong = owners.filter((owner) => [...owner.ids].some((id) => whoHas(index, id) !== owner));
    expect(wrong).toEqual([]);
    for (const owner of owners.slice(10)) index.drop(owner);
    expect([index.size, whoHas(index, '5/5'), whoHas(index, '5000/5')]).toEqual([100, owners[5], undefined]);
    expect(roomOf(index)).toBeLessThan(4_000);
  });

  it('does not grow when trees come and go for a long time', () => {
    const index = new MemberIndex<Owner>();
    const living: Owner[] = [];
    for (let life = 0; life < 20_000; life += 1) {
      const owner = ownerOf(`${life}/0`, `${life}/1`, `${life}/2`);
      for (const id of owner.ids) index.add(id, owner);
      living.push(owner);
      if (living.length > 50) index.drop(living.shift()!);
    }
    expect(index.size).toBe(150);
    expect(roomOf(index)).toBeLessThan(4_000);
  });
});

function roomOf(index: MemberIndex<Owner>): number {
  return (index as unknown as { owners: unknown[] }).owners.length;
}

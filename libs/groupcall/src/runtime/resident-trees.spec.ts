import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';
import { decide } from '../domain/decide.js';
import { memberId, newRootId } from '../domain/member-id.js';
import { emptyTree, type TreeState } from '../domain/tree-state.js';
import { PACKED_AFTER, ResidentTrees } from './resident-trees.js';

const CUSTOMER = '01900000-0000-7000-8000-000000000001';
const context = { now: 1, limits: { destinations: 0, legsPerTree: 0, depth: 0 }, mayPlanLegs: true };
const treeOf = (id: string, isNew = false): TreeState =>
  decide(
    emptyTree(id, CUSTOMER),
    new CreateGroupcallCommand(
      {
        id,
        customerId: CUSTOMER,
        destinations: [{ type: 'groupcall', destinations: [{ type: 'tel', target: '+15551230001' }] }],
      },
      isNew,
    ),
    context,
  ).state;
const id = (last: number) => `01900000-0000-7000-8000-0000000001${String(last).padStart(2, '0')}`;

describe('ResidentTrees', () => {
  it('knows the root of every leg and groupcall of a tree in memory, and forgets them with it', () => {
    const trees = new ResidentTrees();
    const state = treeOf(id(1));
    const members = [...state.legs.keys(), ...state.groupcalls.keys()];
    trees.keep(id(1), { state, doubt: 0 });
    expect(members.map((member) => trees.rootOf(member))).toEqual([id(1), id(1), id(1)]);
    trees.forget(id(1));
    expect(members.map((member) => trees.rootOf(member))).toEqual([undefined, undefined, undefined]);
  });

  it('lets the least recently used tree go when there are too many', () => {
    const trees = new ResidentTrees(2);
    trees.keep(id(1), { state: treeOf(id(1)), doubt: 0 });
    trees.keep(id(2), { state: treeOf(id(2)), doubt: 0 });
    trees.keep(id(1), { state: treeOf(id(1)), doubt: 5 });
    trees.keep(id(3), { state: treeOf(id(3)), doubt: 0 });
    expect([id(1), id(2), id(3)].map((root) => trees.peek(root) !== undefined)).toEqual([true, false, true]);
    expect(trees.peek(id(1))?.doubt).toBe(5);
  });

  it('lets go what nobody has used for a long time, and its members with it', () => {
    let now = 0;
    const trees = new ResidentTrees(10, 100, () => now);
    const useAt = (moment: number, rootId: string) => {
      now = moment;
      trees.keep(rootId, { state: treeOf(rootId), doubt: 0 });
    };
    useAt(0, id(1));
    useAt(50, id(2));
    useAt(60, id(1));
    now = 149;
    trees.forgetIdle();
    expect(trees.size).toBe(2);
    now = 155;
    trees.forgetIdle();
    expect([trees.size, trees.rootOf(id(2)), trees.rootOf(id(1))]).toEqual([1, undefined, id(1)]);
  });

  it('packs what nobody has used for a moment, and has it back for whoever asks for it', () => {
    let now = 0;
    const trees = new ResidentTrees(10, 10_000, () => now);
    const states = [id(1), id(2), id(3)].map((rootId) => treeOf(rootId));
    for (const state of states) trees.keep(state.rootId, { state, doubt: 2 });
    now = PACKED_AFTER - 1;
    trees.keep(id(2), { state: states[1], doubt: 0 });
    trees.packIdle();
    expect(trees.packedSize).toBe(0);
    now = PACKED_AFTER;
    trees.packIdle();
    expect([trees.size, trees.packedSize]).toEqual([3, 2]);
    expect(trees.peek(id(1))).toStrictEqual({ state: states[0], doubt: 2 });
    // Whose a leg is its id says: nothing has to be unpacked for that.
    expect([...states[2].legs.keys()].map((legId) => trees.rootOf(legId))).toEqual([id(3)]);
    expect(trees.packedSize).toBe(1);
    now = 2 * PACKED_AFTER;
    trees.packIdle();
    expect(trees.packedSize).toBe(3);
  });

  it('forgets what is packed with all its members, at the same time as if it were not', () => {
    let now = 0;
    const trees = new ResidentTrees(10, 2 * PACKED_AFTER, () => now);
    const state = treeOf(id(1));
    trees.keep(id(1), { state, doubt: 0 });
    now = PACKED_AFTER;
    trees.packIdle();
    // To be looked at is not to have a turn.
    expect(trees.peek(id(1))?.state).toStrictEqual(state);
    now = 2 * PACKED_AFTER;
    trees.packIdle();
    trees.forgetIdle();
    expect([...state.legs.keys(), id(1)].map((member) => trees.rootOf(member))).toEqual([
      undefined,
      undefined,
    ]);
    expect([trees.size, trees.packedSize]).toEqual([0, 0]);
  });

  it('packs no more at once than the others can wait for', () => {
    let now = 0;
    const trees = new ResidentTrees(Infinity, Infinity, () => now);
    const state = treeOf(id(1));
    for (let tree = 0; tree < 2_400; tree += 1) trees.keep(`tree ${tree}`, { state, doubt: 0 });
    now = PACKED_AFTER;
    const packed = [1, 2, 3, 4].map(() => [trees.packIdle(), trees.packedSize]);
    // Two groupcalls and a leg each: what takes the time is how many there are of these, not of trees.
    expect(packed).toEqual([
      [true, 1_000],
      [true, 2_000],
      [false, 2_400],
      [false, 2_400],
    ]);
  });

  it('tells members of a tree with an id of our own from those of a neighbour', () => {
    const trees = new ResidentTrees();
    const root = newRootId(1, 7, '0123456789abcdef');
    const other = newRootId(1, 7, '1123456789abcdef');
    trees.keep(root, { state: treeOf(root, true), doubt: 0 });
    expect([1, 2].map((number) => trees.rootOf(memberId(root, number)))).toEqual([root, root]);
    expect(trees.rootOf(memberId(other, 1))).toBeUndefined();
  });

  it('keeps no tree that has ended', () => {
    const trees = new ResidentTrees();
    const created = treeOf(id(1));
    trees.keep(id(1), { state: created, doubt: 0 });
    const hungUp = decide(created, new HangupCommand({ groupcallId: id(1) }), context).state;
    const legs = new Map([...hungUp.legs].map(([key, leg]) => [key, { ...leg, status: 'hangup' as const }]));
    const root = { ...hungUp.groupcalls.get(id(1))!, status: 'hangup' as const };
    const ended = { ...hungUp, legs, groupcalls: new Map(hungUp.groupcalls).set(id(1), root) };
    trees.keep(id(1), { state: ended, doubt: 0 });
    expect([trees.size, trees.rootOf(id(1))]).toEqual([0, undefined]);
  });
});

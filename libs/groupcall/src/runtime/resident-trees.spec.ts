import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';
import { decide } from '../domain/decide.js';
import { emptyTree, type TreeState } from '../domain/tree-state.js';
import { ResidentTrees } from './resident-trees.js';

const CUSTOMER = '01900000-0000-7000-8000-000000000001';
const context = { now: 1, limits: { destinations: 0, legsPerTree: 0, depth: 0 }, mayPlanLegs: true };
const treeOf = (id: string): TreeState =>
  decide(
    emptyTree(id, CUSTOMER),
    new CreateGroupcallCommand({
      id,
      customerId: CUSTOMER,
      destinations: [{ type: 'groupcall', destinations: [{ type: 'tel', target: '+15551230001' }] }],
    }),
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

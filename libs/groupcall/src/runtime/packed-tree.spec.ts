import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import type { TreeState } from '../domain/tree-state.js';
import { agent, group, phone, uuidOf } from '../testing/scenario/index.js';
import { firstTurn, turnOf } from '../testing/turns.js';
import { packTree, unpackTree } from './packed-tree.js';

const NOW = Date.UTC(2026, 0, 1);
const treeWith = (destinations: Parameters<typeof phone>[0][]): TreeState =>
  firstTurn({
    rootId: uuidOf('root'),
    customerId: uuidOf('customer'),
    destinations: destinations.map(phone),
    now: NOW,
  }).after;
const again = (state: TreeState) => unpackTree(state.rootId, packTree(state));

describe('A packed tree', () => {
  it('is the same tree after it, with nested groupcalls, people who are being looked up, and a winner', () => {
    const { after } = firstTurn({
      rootId: uuidOf('root'),
      customerId: uuidOf('customer'),
      masterCallId: uuidOf('master call'),
      destinations: [
        phone('anna'),
        agent('smith'),
        group('Büro 東京', [phone('bob')], { dial_timeout: 5_000 }),
      ],
      now: NOW,
    });
    const [legId] = after.legs.keys();
    const answered = turnOf(after, new HandleAnswerCommand({ legId }), NOW + 1_234).after;
    for (const state of [after, answered]) expect(again(state)).toStrictEqual(state);
  });

  it('needs less than two thousand characters for ten legs', () => {
    const names = Array.from({ length: 10 }, (_, index) => `phone-${index}`);
    expect(packTree(treeWith(names)).length).toBeLessThan(2_000);
  });

  it('has what is the same only once when it is unpacked, also when it came from the store with copies', () => {
    const state = treeWith(['anna', 'bob']);
    const legs = new Map([...state.legs].map(([id, leg]) => [id, structuredClone(leg)]));
    const stored: TreeState = { ...state, legs };
    const { rootId } = state;
    for (const leg of stored.legs.values())
      expect(leg.destination).not.toBe(stored.groupcalls.get(rootId)!.destinations[leg.destinationIndex]);
    const unpacked = again(stored);
    const root = unpacked.groupcalls.get(rootId)!;
    for (const leg of unpacked.legs.values()) {
      expect(leg.source).toBe(root.source);
      expect(leg.destination).toBe(root.destinations[leg.destinationIndex]);
    }
    expect(packTree(stored)).toBe(packTree(state));
  });

  it('tells a leg from its groupcall where they differ', () => {
    const state = treeWith(['anna', 'bob']);
    const [first, second] = state.legs.values();
    const source = { ...first.source, name: 'somebody else' };
    const legs = new Map(state.legs).set(first.id, { ...first, source, destination: second.destination });
    expect(again({ ...state, legs })).toStrictEqual({ ...state, legs });
  });
});

/// <reference types="jest" />
import { DeleteGroupcallCommand } from '../../../commands/delete-groupcall/delete-groupcall.command.js';
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../../../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../../../commands/handle-resolution/handle-resolution.command.js';
import { HandleRingingCommand } from '../../../commands/handle-ringing/handle-ringing.command.js';
import type { TreeCommand } from '../../../domain/tree-command.js';
import { toGroupcallResource } from '../../../domain/groupcall-resource.js';
import { toLegResource } from '../../../domain/leg-resource.js';
import type { TreeState } from '../../../domain/tree-state.js';
import { UnstorableTurnsError } from '../../../ports/groupcall-store.port.js';
import { agent, group, line, phone, uuidOf } from '../../scenario/index.js';
import { turnOf } from '../../turns.js';
import { CURIOUS, legIds, NO_LIMITS, STRANGER, type StorageStage } from './storage-stage.js';

/** What is stored is what was decided, and only one of those who decided on the same version decides. */
export function itCommits(stage: StorageStage): void {
  describe('a committed turn', () => {
    it('is what every process loads, with everything in its order', async () => {
      let tree = await stage.created('a', [
        'anna',
        line('sales', ['bob', 'carl'].map(phone), 5_000),
        agent('smith'),
        group('others', [CURIOUS]),
      ]);
      await expectStored(tree);
      const [anna, bob, dora] = legIds(tree);
      const steps: TreeCommand[] = [
        new HandleDialOutcomeCommand({ rootId: tree.rootId, legId: anna, outcome: 'accepted' }),
        new HandleRingingCommand({ legId: bob }),
        new HandleHangupCommand({ legId: bob, reason: 'busy' }),
        new HandleResolutionCommand({
          rootId: tree.rootId,
          groupcallId: tree.rootId,
          index: 2,
          destination: tree.groupcalls.get(tree.rootId)!.destinations[2],
          resolution: {
            resolved: true,
            ringMethod: 'linear',
            destinations: [{ type: 'tel', target: '+15550001', target_name: '', name: '', detail: '' }],
            ownerId: uuidOf('agent smith'),
          },
        }),
        new HandleAnswerCommand({ legId: dora }),
        new HandleHangupCommand({ legId: anna, reason: 'normal' }),
        new HandleAnswerCommand({ legId: anna }),
        new DeleteGroupcallCommand({ groupcallId: tree.rootId }),
      ];
      for (const [index, command] of steps.entries()) {
        tree = await stage.after(tree, command, stage.now + index);
        await expectStored(tree);
      }
      expect(tree).toMatchObject({ winnerLegId: dora, lateAnswers: 1, version: steps.length + 1 });
    });

    it('is stored and read with the reason why a destination has failed', async () => {
      const tree = await stage.created('a', ['anna', agent('smith')]);
      const root = tree.groupcalls.get(tree.rootId)!;
      const failed = { kind: 'failed' as const, detail: '“Köln” 🙂 " \\ [7]' };
      const slots = root.slots.map((slot) => (slot.kind === 'leg' ? slot : failed));
      const turn = turnOf(tree, new HandleRingingCommand({ legId: legIds(tree)[0] }), stage.now);
      const groupcalls = new Map([...turn.after.groupcalls, [root.id, { ...root, slots }]]);
      const after = { ...turn.after, groupcalls };
      await stage.stored({ ...turn, after });
      await expectStored(after);
      expect(await stage.other.reader.findGroupcall(tree.customerId, root.id)).toEqual(
        toGroupcallResource(groupcalls.get(root.id)!),
      );
    });

    it('of a large tree is stored whole, whichever of its members it has changed', async () => {
      const many = (count: number, name: string) =>
        Array.from({ length: count }, (_, at) => phone(`${name}${at}`));
      let tree = await stage.created('large', [
        ...many(40, 'first'),
        group('middle', many(5, 'nested')),
        ...many(40, 'last'),
      ]);
      const [rootId, child] = tree.groupcalls.keys();
      const legs = legIds(tree);
      const [winner] = [...tree.legs.values()].filter(({ groupcallId }) => groupcallId === child);
      const steps = [
        ...[legs[3], legs[70]].map((legId) => new HandleRingingCommand({ legId })),
        new HandleHangupCommand({ legId: legs[60], reason: 'busy' }),
        new HandleAnswerCommand({ legId: winner.id }),
        ...legs.slice(30, 50).map((legId) => new HandleHangupCommand({ legId, reason: 'normal' })),
      ];
      for (const [index, command] of steps.entries()) {
        tree = await stage.after(tree, command, stage.now + index);
        await expectStored(tree);
      }
      const { reader } = stage.other;
      for (const id of [rootId, child])
        expect(await reader.findGroupcall(tree.customerId, id)).toEqual(
          toGroupcallResource(tree.groupcalls.get(id)!),
        );
      expect(await reader.findLegsOf(tree.customerId, rootId, true)).toEqual(
        [...tree.legs.values()].map(toLegResource),
      );
    });

    async function expectStored(tree: TreeState): Promise<void> {
      const loaded = await stage.other.store.load(tree.rootId);
      expect(loaded).toEqual(tree);
      // Maps that hold the same in another order are equal too.
      expect([...loaded!.groupcalls.keys()]).toEqual([...tree.groupcalls.keys()]);
      expect(legIds(loaded!)).toEqual(legIds(tree));
    }

    it('is found by its groupcalls and legs', async () => {
      const tree = await stage.created('a', [group('sales', [phone('anna')])]);
      await stage.created('b');
      for (const id of tree.groupcalls.keys())
        expect(await stage.other.store.findRootOfGroupcall(id)).toBe(tree.rootId);
      const unknown = uuidOf('nothing');
      expect(await stage.other.store.findRootsOfLegs([unknown, ...tree.legs.keys(), unknown])).toEqual([
        null,
        ...[...tree.legs.keys()].map(() => tree.rootId),
        null,
      ]);
      expect(await stage.other.store.findRootsOfLegs([])).toEqual([]);
    });

    it('is loaded beside others, each in its place, and not again by whoever knows it', async () => {
      const { store } = stage.other;
      const known = await stage.created('known', ['anna']);
      const old = await stage.created('old', [phone('bob'), group('others', [CURIOUS])]);
      const [legId] = legIds(old);
      const now = await stage.after(old, new HandleRingingCommand({ legId }), stage.now);
      const wanted = [now, known, now].map(({ rootId }) => ({ rootId, knownVersion: 1 }));
      const nothing = { rootId: uuidOf('nothing'), knownVersion: 1 };
      const found = await store.loadMany([...wanted, nothing, { rootId: known.rootId, knownVersion: 0 }]);
      expect(found).toEqual([now, 'unchanged', now, null, known]);
      expect(legIds(found[0] as TreeState)).toEqual(legIds(now));
      expect(await store.loadMany([])).toEqual([]);
    });

    it('leaves no trace of what was never committed', async () => {
      const { store } = stage.mine;
      const nothing = uuidOf('nothing');
      expect(await store.load(nothing)).toBeNull();
      expect(await store.findRootOfGroupcall(nothing)).toBeNull();
      expect(await store.findRootsOfLegs([nothing])).toEqual([null]);
      expect(await store.findByIdempotencyKey(nothing, 'key')).toBeNull();
      expect(await store.commit([], NO_LIMITS)).toEqual([]);
    });
  });

  describe('a turn with something in it that cannot be kept', () => {
    it('is kept all the same, or named as the reason why nothing of its group is stored', async () => {
      const good = stage.newTree('good', ['anna']);
      const bad = stage.newTree('bad', ['bob']);
      const root = bad.after.groupcalls.get(bad.after.rootId)!;
      const endless = { ...root, hangupReason: 'x'.repeat(1_000) as never };
      const groupcalls = new Map([...bad.after.groupcalls, [root.id, endless]]);
      const unstorable = { ...bad, after: { ...bad.after, groupcalls } };
      const { store } = stage.mine;
      const told = await store.commit([good, unstorable], NO_LIMITS).catch((error: unknown) => error);
      if (Array.isArray(told)) return expect(told).toEqual(['committed', 'committed']);
      expect(told).toBeInstanceOf(UnstorableTurnsError);
      expect(await store.load(good.after.rootId)).toBeNull();
      await expect(store.commit([unstorable], NO_LIMITS)).rejects.toBeInstanceOf(UnstorableTurnsError);
      expect(await store.commit([good], NO_LIMITS)).toEqual(['committed']);
    });
  });

  describe('of several processes that decide on the same version', () => {
    it('exactly one commits, and the others have changed nothing', async () => {
      for (let round = 0; round < 10; round += 1) {
        const names = ['anna', 'bob', 'carl', 'dora', 'emil', 'finn'];
        const tree = await stage.created(`round ${round}`, names);
        const pending = await stage.pendingEffects();
        const turns = legIds(tree).map((legId) =>
          turnOf(tree, new HandleAnswerCommand({ legId }), stage.now),
        );
        const outcomes = await Promise.all(
          turns.map((turn, index) => stage.storeOf(index).commit([turn], NO_LIMITS)),
        );
        expect(outcomes.flat().sort()).toEqual(['committed', ...Array<string>(5).fill('conflict')]);
        const won = turns[outcomes.flat().indexOf('committed')];
        expect(await stage.mine.store.load(tree.rootId)).toEqual(won.after);
        expect(await stage.pendingEffects()).toBe(pending + won.effects.length);
      }
    });

    it('a later one is told of the conflict', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      const [anna, bob] = legIds(tree);
      const first = await stage.after(tree, new HandleAnswerCommand({ legId: anna }));
      const second = turnOf(tree, new HandleAnswerCommand({ legId: bob }), stage.now);
      expect(await stage.other.store.commit([second], NO_LIMITS)).toEqual(['conflict']);
      expect(await stage.other.store.load(tree.rootId)).toEqual(first);
    });

    it('exactly one creates a tree of the same id, whoever it is for', async () => {
      for (let round = 0; round < 10; round += 1) {
        const turns = [
          stage.newTree(`round ${round}`, ['anna']),
          stage.newTree(`round ${round}`, ['bob', 'carl'], { customerId: STRANGER }),
        ];
        const outcomes = await Promise.all(
          turns.map((turn, index) => stage.storeOf(index).commit([turn], NO_LIMITS)),
        );
        expect(outcomes.flat().sort()).toEqual(['committed', 'conflict']);
        const won = turns[outcomes.flat().indexOf('committed')];
        expect(await stage.mine.store.load(won.after.rootId)).toEqual(won.after);
      }
    });

    it('none creates a tree with the id of another tree’s nested groupcall', async () => {
      const tree = await stage.created('a', [group('sales', [phone('anna')])]);
      const [, child] = tree.groupcalls.keys();
      const turn = { ...stage.newTree('b', ['bob']) };
      const stolen = turnOfRoot(turn.after, child);
      expect(await stage.other.store.commit([{ ...turn, ...stolen }], NO_LIMITS)).toEqual(['conflict']);
      expect(await stage.other.store.load(child)).toBeNull();
      expect(await stage.other.store.findRootOfGroupcall(child)).toBe(tree.rootId);
      expect(await stage.other.store.load(tree.rootId)).toEqual(tree);
    });
  });
}

/** The same new tree under another root id. */
function turnOfRoot(tree: TreeState, id: string): { before: TreeState; after: TreeState } {
  const groupcall = { ...tree.groupcalls.get(tree.rootId)!, id };
  const legs = new Map([...tree.legs].map(([legId, leg]) => [legId, { ...leg, groupcallId: id }]));
  const after = { ...tree, rootId: id, groupcalls: new Map([[id, groupcall]]), legs };
  return { before: { ...after, version: 0, groupcalls: new Map(), legs: new Map() }, after };
}

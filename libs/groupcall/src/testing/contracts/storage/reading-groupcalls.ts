/// <reference types="jest" />
import { NIL_UUID } from '@groupcall/shared';
import { DeleteGroupcallCommand } from '../../../commands/delete-groupcall/delete-groupcall.command.js';
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../../../commands/handle-resolution/handle-resolution.command.js';
import { toGroupcallResource } from '../../../domain/groupcall-resource.js';
import type { TreeState } from '../../../domain/tree-state.js';
import type { GroupcallFilter, ListPosition } from '../../../ports/groupcall-reader.port.js';
import { agent, group, line, phone, uuidOf } from '../../scenario/index.js';
import { firstTurn } from '../../turns.js';
import {
  CURIOUS,
  CUSTOMER,
  legIds,
  NO_LIMITS,
  rootId,
  STRANGER,
  type StorageStage,
} from './storage-stage.js';

/** Groupcalls for people: by id, and in lists that neither skip nor repeat anything. */
export function itReadsGroupcalls(stage: StorageStage): void {
  const reader = () => stage.other.reader;
  const find = (id: string, customerId = CUSTOMER) => reader().findGroupcall(customerId, id);

  describe('a groupcall', () => {
    it('is found with all it has, nested ones and deleted ones too', async () => {
      let tree = await stage.created('a', [CURIOUS, line('sales', [phone('anna'), agent('smith')])]);
      await expectFound(tree);
      tree = await stage.after(tree, new HandleAnswerCommand({ legId: legIds(tree)[1] }), stage.now + 1);
      await expectFound(tree);
      tree = await stage.after(tree, new DeleteGroupcallCommand({ groupcallId: tree.rootId }), stage.now + 2);
      await expectFound(tree);
    });

    async function expectFound(tree: TreeState): Promise<void> {
      for (const groupcall of tree.groupcalls.values()) {
        const found = await find(groupcall.id);
        // As it goes over the wire: the order of the keys is part of the contract (SPEC 2).
        expect(JSON.stringify(found)).toBe(JSON.stringify(toGroupcallResource(groupcall)));
      }
    }

    it('of somebody else is not found, nor is one that does not exist', async () => {
      const tree = await stage.created('a', [group('sales', [phone('anna')])]);
      for (const id of tree.groupcalls.keys()) expect(await find(id, STRANGER)).toBeNull();
      expect(await find(uuidOf('nothing'))).toBeNull();
    });
  });

  describe('the list of groupcalls', () => {
    async function list(
      filter: GroupcallFilter = {},
      pageSize = 100,
      between: () => Promise<unknown> = () => Promise.resolve(),
    ): Promise<string[]> {
      const ids: string[] = [];
      for (let after: ListPosition | null = null; ;) {
        const page = await reader().listGroupcalls({ customerId: CUSTOMER, filter, after, pageSize });
        ids.push(...page.items.map(({ id }) => id));
        if (!page.next) return ids;
        expect(page.items).toHaveLength(pageSize);
        after = page.next;
        await between();
      }
    }

    /** Twenty groupcalls at three moments, newest first and then by id. */
    async function twenty(): Promise<string[]> {
      const all: { id: string; tm: number }[] = [];
      for (let index = 0; index < 10; index += 1) {
        const now = stage.now + (index % 3);
        const tree = await stage.created(`tree ${index}`, [group('g', [phone('anna')])], { now });
        all.push(...[...tree.groupcalls.keys()].map((id) => ({ id, tm: now })));
      }
      return all.sort((a, b) => b.tm - a.tm || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
    }

    it('is newest first, in pages of any size, also with equal timestamps', async () => {
      expect(await list()).toEqual([]);
      const all = await twenty();
      for (const pageSize of [1, 3, 10, 19, 20, 21, 100]) expect(await list({}, pageSize)).toEqual(all);
    });

    it('neither skips nor repeats anything while others are created, older, newer and at the same moment', async () => {
      const all = await twenty();
      let made = 0;
      const seen = await list({}, 3, async () => {
        made += 1;
        await stage.created(`between ${made}`, ['bob'], { now: stage.now - 1 + (made % 4) });
      });
      expect(made).toBeGreaterThan(5);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => all.includes(id))).toEqual(all);
    });

    it('has none that are deleted', async () => {
      const tree = await stage.created('a', ['anna', group('g', [phone('bob')])]);
      await stage.created('b');
      await stage.after(tree, new DeleteGroupcallCommand({ groupcallId: tree.rootId }));
      expect(await list()).toEqual([rootId('b')]);
    });

    it('has none of somebody else', async () => {
      await stage.created('a', ['anna'], { customerId: STRANGER });
      expect(await list()).toEqual([]);
      await stage.created('b');
      expect(await list()).toEqual([rootId('b')]);
    });

    it('is narrowed by every filter, and by several at once', async () => {
      const masterCallId = uuidOf('master call');
      const [flowId, ownerId] = [uuidOf('flow'), uuidOf('agent smith')];
      const a = await stage.created('a', [line('sales', [phone('anna')])], { masterCallId });
      const [, child] = [...a.groupcalls.keys()];
      const owned = await ownedTree(flowId, ownerId);
      const ended = await stage.created('c');
      await stage.after(ended, new HandleHangupCommand({ legId: legIds(ended)[0], reason: 'busy' }));

      expect((await list({ master_call_id: masterCallId })).sort()).toEqual([a.rootId, child].sort());
      expect(await list({ master_groupcall_id: a.rootId })).toEqual([child]);
      expect((await list({ master_groupcall_id: NIL_UUID })).sort()).toEqual(
        [a.rootId, owned, ended.rootId].sort(),
      );
      expect(await list({ ring_method: 'linear' })).toEqual([child]);
      expect(await list({ owner_id: ownerId })).toEqual([owned]);
      expect(await list({ flow_id: flowId })).toEqual([owned]);
      expect(await list({ status: 'hangup' })).toEqual([ended.rootId]);
      expect(await list({ status: 'progressing' }, 2)).toHaveLength(3);
      expect(
        await list({ status: 'progressing', master_call_id: masterCallId, ring_method: 'ring_all' }),
      ).toEqual([a.rootId]);
      expect(await list({ status: 'hangup', flow_id: flowId })).toEqual([]);
      expect(await list({ status: undefined, owner_id: undefined })).toHaveLength(4);
    });
  });

  /** A groupcall made for one agent, in a flow. @returns its id */
  async function ownedTree(flowId: string, ownerId: string): Promise<string> {
    const turn = firstTurn({
      rootId: rootId('b'),
      customerId: CUSTOMER,
      destinations: [agent('smith')],
      now: stage.now,
    });
    const root = { ...turn.after.groupcalls.get(rootId('b'))!, flowId };
    const after = { ...turn.after, groupcalls: new Map([[root.id, root]]) };
    expect(await stage.mine.store.commit([{ ...turn, after }], NO_LIMITS)).toEqual(['committed']);
    const resolution = {
      resolved: true,
      ringMethod: 'ring_all',
      destinations: [{ type: 'tel', target: '+15550001', target_name: '', name: '', detail: '' }],
      ownerId,
    } as const;
    const [destination] = root.destinations;
    await stage.after(
      after,
      new HandleResolutionCommand({
        rootId: root.id,
        groupcallId: root.id,
        index: 0,
        destination,
        resolution: { ...resolution, destinations: [...resolution.destinations] },
      }),
    );
    return root.id;
  }
}

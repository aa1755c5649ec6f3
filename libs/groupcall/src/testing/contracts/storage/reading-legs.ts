/// <reference types="jest" />
import { NIL_UUID } from '@groupcall/shared';
import { DeleteGroupcallCommand } from '../../../commands/delete-groupcall/delete-groupcall.command.js';
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../../../commands/handle-hangup/handle-hangup.command.js';
import { HandleResolutionCommand } from '../../../commands/handle-resolution/handle-resolution.command.js';
import { HandleRingingCommand } from '../../../commands/handle-ringing/handle-ringing.command.js';
import { toLegResource } from '../../../domain/leg-resource.js';
import type { LegFilter, ListPosition } from '../../../ports/groupcall-reader.port.js';
import { agent, group, phone, uuidOf } from '../../scenario/index.js';
import { CURIOUS, CUSTOMER, legIds, STRANGER, type StorageStage } from './storage-stage.js';

/** Legs for people: by id, of a groupcall or of its whole tree, and in lists. */
export function itReadsLegs(stage: StorageStage): void {
  const reader = () => stage.other.reader;

  describe('a leg', () => {
    it('is found with all it has, and by nobody else', async () => {
      let tree = await stage.created('a', [CURIOUS, 'bob']);
      const [anna] = legIds(tree);
      const steps = [
        new HandleDialOutcomeCommand({ rootId: tree.rootId, legId: anna, outcome: 'accepted' }),
        new HandleRingingCommand({ legId: anna }),
        new HandleAnswerCommand({ legId: anna }),
        new HandleHangupCommand({ legId: anna, reason: 'normal' }),
      ];
      for (const [index, command] of steps.entries()) {
        tree = await stage.after(tree, command, stage.now + index);
        for (const leg of tree.legs.values())
          expect(JSON.stringify(await reader().findLeg(CUSTOMER, leg.id))).toBe(
            JSON.stringify(toLegResource(leg)),
          );
      }
      expect(await reader().findLeg(STRANGER, anna)).toBeNull();
      expect(await reader().findLeg(CUSTOMER, uuidOf('nothing'))).toBeNull();
    });
  });

  describe('the legs of a groupcall', () => {
    it('are its own or those of its whole tree, in order of creation', async () => {
      const tree = await stage.created('a', [
        'anna',
        group('sales', ['bob', 'carl', 'dora'].map(phone)),
        'emil',
      ]);
      const [root, child] = tree.groupcalls.keys();
      const ids = async (id: string, wholeTree: boolean, customerId = CUSTOMER) =>
        (await reader().findLegsOf(customerId, id, wholeTree))?.map((leg) => leg.id) ?? null;
      const ofGroupcall = (id: string) =>
        [...tree.legs.values()].filter((leg) => leg.groupcallId === id).map((leg) => leg.id);
      expect(ofGroupcall(child)).toHaveLength(3);
      for (const id of [root, child]) {
        expect(await ids(id, false)).toEqual(ofGroupcall(id));
        expect(await ids(id, true)).toEqual(legIds(tree));
        expect(await ids(id, true, STRANGER)).toBeNull();
        expect(await ids(id, false, STRANGER)).toBeNull();
      }
      expect(await ids(uuidOf('nothing'), false)).toBeNull();
    });

    it('may be none', async () => {
      const tree = await stage.created('a', [agent('smith')]);
      expect(await reader().findLegsOf(CUSTOMER, tree.rootId, true)).toEqual([]);
    });
  });

  describe('the list of legs', () => {
    async function list(
      filter: LegFilter = {},
      pageSize = 100,
      between: () => Promise<unknown> = () => Promise.resolve(),
    ): Promise<string[]> {
      const ids: string[] = [];
      for (let after: ListPosition | null = null; ;) {
        const page = await reader().listLegs({ customerId: CUSTOMER, filter, after, pageSize });
        ids.push(...page.items.map(({ id }) => id));
        if (!page.next) return ids;
        expect(page.items).toHaveLength(pageSize);
        after = page.next;
        await between();
      }
    }

    it('is newest first, in pages of any size, and keeps still while others are created', async () => {
      const all: { id: string; tm: number; rootId: string; ordinal: number }[] = [];
      for (let index = 0; index < 6; index += 1) {
        const now = stage.now + (index % 2);
        const tree = await stage.created(`tree ${index}`, ['anna', 'bob', 'carl'], { now });
        all.push(...legIds(tree).map((id, ordinal) => ({ id, tm: now, rootId: tree.rootId, ordinal })));
      }
      const newest = (a: (typeof all)[number], b: (typeof all)[number]) =>
        b.tm - a.tm || (a.rootId === b.rootId ? b.ordinal - a.ordinal : a.rootId < b.rootId ? 1 : -1);
      const ids = all.sort(newest).map(({ id }) => id);
      for (const pageSize of [1, 5, 17, 18, 19, 100]) expect(await list({}, pageSize)).toEqual(ids);
      let made = 0;
      const seen = await list({}, 4, async () => {
        made += 1;
        await stage.created(`between ${made}`, ['dora'], { now: stage.now - 1 + (made % 4) });
      });
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
    });

    it('goes on with what is older when the last leg of the page before has been removed', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      const behind = async (tmCreate: number) => {
        const after = { tmCreate, id: uuidOf('gone') };
        const { items } = await reader().listLegs({ customerId: CUSTOMER, filter: {}, after, pageSize: 9 });
        return items.map(({ id }) => id);
      };
      expect(await behind(stage.now + 1)).toEqual(legIds(tree).reverse());
      expect(await behind(stage.now - 1)).toEqual([]);
    });

    it('has no legs of groupcalls that have left the list, unless they are asked for', async () => {
      const tree = await stage.created('a', ['anna']);
      await stage.after(tree, new DeleteGroupcallCommand({ groupcallId: tree.rootId }));
      expect(await list()).toEqual([]);
      expect(await list({ groupcall_id: tree.rootId })).toEqual(legIds(tree));
    });

    it('has none of somebody else', async () => {
      const tree = await stage.created('a', ['anna'], { customerId: STRANGER });
      expect(await list()).toEqual([]);
      expect(await list({ groupcall_id: tree.rootId })).toEqual([]);
    });

    it('is narrowed by every filter, and by several at once', async () => {
      const tree = await stage.created('a', ['anna', group('sales', [phone('bob')]), agent('smith')]);
      const [root, child] = tree.groupcalls.keys();
      const [anna, bob] = legIds(tree);
      const rings = await stage.after(tree, new HandleRingingCommand({ legId: bob }));
      const ownerId = uuidOf('agent smith');
      const resolved = await stage.after(
        rings,
        new HandleResolutionCommand({
          rootId: root,
          groupcallId: root,
          index: 2,
          destination: tree.groupcalls.get(root)!.destinations[2],
          resolution: {
            resolved: true,
            ringMethod: 'ring_all',
            destinations: [{ type: 'tel', target: '+15550001', target_name: '', name: '', detail: '' }],
            ownerId,
          },
        }),
      );
      const smith = legIds(resolved)[2];
      expect(await list({ groupcall_id: root })).toEqual([anna]);
      expect(await list({ groupcall_id: child })).toEqual([bob]);
      expect(await list({ status: 'ringing' })).toEqual([bob]);
      expect((await list({ status: 'planned' })).sort()).toEqual([anna, smith].sort());
      expect(await list({ owner_id: ownerId })).toEqual([smith]);
      expect((await list({ owner_id: NIL_UUID }, 1)).sort()).toEqual([anna, bob].sort());
      expect(await list({ owner_id: ownerId, status: 'ringing' })).toEqual([]);
      expect(await list({ owner_id: NIL_UUID, status: 'planned', groupcall_id: root })).toEqual([anna]);
      expect(await list({ owner_id: undefined, status: undefined })).toHaveLength(3);
    });
  });
}

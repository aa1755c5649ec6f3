/// <reference types="jest" />
import { NIL_UUID } from '@groupcall/shared';
import { DeleteGroupcallCommand } from '../../../commands/delete-groupcall/delete-groupcall.command.js';
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../../commands/handle-hangup/handle-hangup.command.js';
import type { LiveRoot } from '../../../ports/groupcall-store.port.js';
import { group, phone, uuidOf } from '../../scenario/index.js';
import { CUSTOMER, legIds, rootId, STRANGER, type StorageStage } from './storage-stage.js';

/** What the engine looks for among all trees: alarms, and those of a master call or a customer. */
export function itFindsTrees(stage: StorageStage): void {
  describe('trees whose alarm is due', () => {
    const rings = (name: string, ms: number) =>
      stage.created(name, [group('g', [phone('anna')], { dial_timeout: ms })]);

    it('are found at the very moment, the most overdue first', async () => {
      for (const [name, ms] of [
        ['slow', 9_000],
        ['fast', 1_000],
        ['middle', 5_000],
      ] as const)
        await rings(name, ms);
      const due = (ms: number, limit = 10) => stage.other.store.dueAlarms(stage.now + ms, limit);
      expect(await due(999)).toEqual([]);
      expect(await due(1_000)).toEqual([rootId('fast')]);
      expect(await due(5_000)).toEqual([rootId('fast'), rootId('middle')]);
      expect(await due(9_000, 2)).toEqual([rootId('fast'), rootId('middle')]);
    });

    it('are no longer found when nothing rings any more', async () => {
      const [answered, ended] = [await rings('answered', 1_000), await rings('ended', 1_000)];
      await stage.after(answered, new HandleAnswerCommand({ legId: legIds(answered)[0] }));
      await stage.after(ended, new HandleHangupCommand({ legId: legIds(ended)[0], reason: 'busy' }));
      expect(await stage.mine.store.dueAlarms(stage.now + 60_000, 10)).toEqual([]);
    });
  });

  describe('the trees of a master call and of a customer', () => {
    const masterCallId = uuidOf('master call');
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const live = names.slice(2).map(rootId).sort();

    beforeEach(async () => {
      const trees = await Promise.all(names.map((name) => stage.created(name, ['anna'], { masterCallId })));
      const [ended, deleted] = trees;
      await stage.after(ended, new HandleHangupCommand({ legId: legIds(ended)[0], reason: 'busy' }));
      const hangingup = await stage.after(
        deleted,
        new DeleteGroupcallCommand({ groupcallId: deleted.rootId }),
      );
      await stage.after(hangingup, new HandleHangupCommand({ legId: legIds(deleted)[0], reason: 'cancel' }));
      await stage.created('other', ['anna'], { masterCallId: uuidOf('other call'), customerId: STRANGER });
    });

    async function pages(
      page: (after: string, limit: number) => Promise<LiveRoot[]>,
      limit: number,
    ): Promise<LiveRoot[][]> {
      const all: LiveRoot[][] = [];
      for (let after = NIL_UUID; ;) {
        const roots = await page(after, limit);
        const last = roots.at(-1);
        if (!last) return all;
        expect(roots.length).toBeLessThanOrEqual(limit);
        all.push(roots);
        after = last.rootId;
      }
    }

    it('of a master call are its live ones, page by page in order of id', async () => {
      const found = await pages(
        (...page) => stage.other.store.liveRootsOfMasterCall(masterCallId, ...page),
        2,
      );
      expect(found.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(found.flat()).toEqual(live.map((id) => ({ rootId: id, customerId: CUSTOMER })));
      expect(await stage.mine.store.liveRootsOfMasterCall(uuidOf('nothing'), NIL_UUID, 10)).toEqual([]);
    });

    it.each([
      ['live', live],
      ['not_deleted', [...live, rootId('a')].sort()],
    ] as const)('of a customer that are %s are found page by page in order of id', async (which, wanted) => {
      for (const limit of [1, 3, 100]) {
        const found = await pages(
          (...page) => stage.other.store.rootsOfCustomer(CUSTOMER, which, ...page),
          limit,
        );
        expect(found.flat()).toEqual(wanted.map((id) => ({ rootId: id, customerId: CUSTOMER })));
      }
      expect(await stage.mine.store.rootsOfCustomer(uuidOf('nobody'), which, NIL_UUID, 10)).toEqual([]);
    });

    it('that are deleted are live until their legs have ended', async () => {
      const tree = await stage.created('deleted', ['anna'], { customerId: uuidOf('a third one') });
      await stage.after(tree, new DeleteGroupcallCommand({ groupcallId: tree.rootId }));
      const found = (which: 'live' | 'not_deleted') =>
        stage.other.store.rootsOfCustomer(tree.customerId, which, NIL_UUID, 10);
      expect(await found('live')).toEqual([{ rootId: tree.rootId, customerId: tree.customerId }]);
      expect(await found('not_deleted')).toEqual([]);
    });
  });
}

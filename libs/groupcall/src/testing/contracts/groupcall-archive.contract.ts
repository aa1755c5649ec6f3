/// <reference types="jest" />
import { HandleHangupCommand } from '../../commands/handle-hangup/handle-hangup.command.js';
import type { TreeState } from '../../domain/tree-state.js';
import { Retention } from '../../runtime/retention.js';
import type { Clock } from '../../ports/clock.port.js';
import { group, phone, uuidOf } from '../scenario/index.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { CUSTOMER, legIds, NO_LIMITS, rootId, StorageStage } from './storage/storage-stage.js';

const DAY = 24 * 60 * 60 * 1_000;

/** What every {@link GroupcallArchive} keeps. */
export function describeGroupcallArchiveContract(
  name: string,
  makeEnvironment: () => Promise<StorageEnvironment>,
): void {
  describe(`${name} keeps the contract of an archive:`, () => {
    const stage = new StorageStage(makeEnvironment);
    const archive = () => stage.other.archive;
    const retention = () =>
      new Retention(stage.mine.archive, { read: async () => stage.now } as unknown as Clock);

    /** A tree made and ended so long ago; all its effects are done. */
    async function ended(which: string, ago: number, done = true): Promise<TreeState> {
      const at = stage.now - ago;
      let tree = await stage.created(which, ['anna', group('sales', [phone('bob')])], {
        now: at,
        idempotency: { key: which, fingerprint: 'x' },
      });
      for (const legId of legIds(tree))
        tree = await stage.after(tree, new HandleHangupCommand({ legId, reason: 'busy' }), at);
      if (done) await finishEffects();
      return tree;
    }

    async function finishEffects(): Promise<void> {
      for (;;) {
        const now = await stage.time();
        const claimed = await stage.mine.outbox.claim({ owner: 'x', now, leaseMs: 5_000, limit: 500 });
        if (claimed.length === 0) return;
        await stage.mine.outbox.acknowledge(claimed);
      }
    }

    it('finds ended trees that are old enough, the oldest first, and no others', async () => {
      await ended('young', DAY - 1_000);
      await ended('old', 3 * DAY);
      await ended('older', 5 * DAY);
      await stage.created('living', ['anna'], { now: stage.now - 9 * DAY });
      expect(await archive().endedBefore(stage.now - DAY, 10)).toEqual([rootId('older'), rootId('old')]);
      expect(await archive().endedBefore(stage.now - DAY, 1)).toEqual([rootId('older')]);
    });

    it('reads a tree with all that belongs to it', async () => {
      const tree = await ended('old', 3 * DAY);
      const [found, ...more] = await archive().read([rootId('old'), rootId('nothing')]);
      expect(more).toEqual([]);
      expect([found.rootId, found.customerId]).toEqual([tree.rootId, CUSTOMER]);
      expect(found.groupcalls.map(({ id }) => id)).toEqual([...tree.groupcalls.keys()]);
      expect(found.legs.map(({ id }) => id)).toEqual(legIds(tree));
    });

    it('removes a tree wholly, its idempotency key too, and nothing of others', async () => {
      const old = await ended('old', 3 * DAY);
      const other = await ended('other', 3 * DAY);
      expect(await archive().remove([old.rootId, uuidOf('nothing')])).toBe(1);
      expect(await stage.mine.store.load(old.rootId)).toBeNull();
      expect(await stage.mine.store.findRootsOfLegs([legIds(old)[0]])).toEqual([null]);
      expect(await stage.mine.reader.findGroupcall(CUSTOMER, old.rootId)).toBeNull();
      expect(await stage.mine.store.findByIdempotencyKey(CUSTOMER, 'old')).toBeNull();
      expect((await stage.mine.store.load(other.rootId))?.legs.size).toBe(2);
      expect(
        await stage.mine.store.commit(
          [stage.newTree('new', ['anna'], { idempotency: { key: 'old', fingerprint: 'y' } })],
          NO_LIMITS,
        ),
      ).toEqual(['committed']);
    });

    it('never removes a living tree, or one for which something is still to be done', async () => {
      const living = await stage.created('living', ['anna'], { now: stage.now - 9 * DAY });
      await finishEffects();
      const busy = await ended('busy', 9 * DAY, false);
      expect(await archive().remove([living.rootId, busy.rootId])).toBe(0);
      expect(await stage.mine.store.load(living.rootId)).not.toBeNull();
      expect((await stage.mine.store.load(busy.rootId))?.legs.size).toBe(2);
      await finishEffects();
      expect(await archive().remove([living.rootId, busy.rootId])).toBe(1);
    });

    it('lets everything old go, after it was handed over, and says how many that were', async () => {
      for (let index = 0; index < 5; index += 1) await ended(`old ${index}`, 3 * DAY + index);
      await ended('young', 0);
      const kept: string[] = [];
      const removed = await retention().removeOld({
        olderThan: DAY,
        archive: async (trees) => void kept.push(...trees.map((tree) => tree.rootId)),
      });
      expect([removed, kept.length]).toEqual([5, 5]);
      expect(await stage.mine.store.load(rootId('young'))).not.toBeNull();
      expect(await retention().removeOld({ olderThan: DAY })).toBe(0);
    });

    it('removes nothing that could not be handed over', async () => {
      const old = await ended('old', 3 * DAY);
      const archiving = retention().removeOld({
        olderThan: DAY,
        archive: () => Promise.reject(new Error('disk full')),
      });
      await expect(archiving).rejects.toThrow('disk full');
      expect(await stage.mine.store.load(old.rootId)).not.toBeNull();
    });
  });
}

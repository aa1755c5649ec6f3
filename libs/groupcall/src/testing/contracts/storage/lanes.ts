/// <reference types="jest" />
import { HandleRingingCommand } from '../../../commands/handle-ringing/handle-ringing.command.js';
import { HangupCommand } from '../../../commands/hangup/hangup.command.js';
import type { TreeState } from '../../../domain/tree-state.js';
import type { ClaimedEffect } from '../../../ports/effect-outbox.port.js';
import { agent } from '../../scenario/index.js';
import { claimAt, kindsOf, lanesOf, LEASE } from './claiming.js';
import { legIds, type StorageStage } from './storage-stage.js';

/** Within a lane strictly one after the other; hangups before everything else. */
export function itKeepsLanes(stage: StorageStage): void {
  const hangup = (tree: TreeState) => stage.after(tree, new HangupCommand({ groupcallId: tree.rootId }));
  const parts = (claimed: ClaimedEffect[]) => ({
    publish: claimed.filter(({ effect }) => effect.kind === 'publish'),
    lane: claimed.filter(({ effect }) => effect.kind !== 'publish'),
  });

  describe('a lane', () => {
    it('is claimed as a whole and in order, its effects side by side', async () => {
      for (const name of ['a', 'b', 'c']) await hangup(await stage.created(name, ['anna', 'bob']));
      const lanes = lanesOf(await claimAt(stage, 0));
      expect(lanes).toHaveLength(9);
      expect(lanes.filter((kinds) => kinds.join() === 'dial,hangup')).toHaveLength(6);
      expect(lanes.filter((kinds) => kinds.join() === 'publish,publish')).toHaveLength(3);
    });

    it('of a tree’s events is in the order of their sequence, also over several turns', async () => {
      const tree = await stage.created('a', ['anna', 'bob', 'carl']);
      await hangup(tree);
      const claimed = parts(await claimAt(stage, 0)).publish;
      const sequences = claimed.map(({ effect }) => (effect.kind === 'publish' ? effect.event.sequence : 0));
      expect(sequences).toEqual(Array.from(sequences, (_, index) => index + 1));
    });

    it('waits behind what is claimed: a hangup never overtakes its dial', async () => {
      const tree = await stage.created('a');
      const first = await claimAt(stage, 0);
      await hangup(tree);
      expect(await claimAt(stage, 0, stage.other)).toEqual([]);
      await stage.mine.outbox.acknowledge(first);
      expect(kindsOf(await claimAt(stage, 0, stage.other))).toContain('hangup');
    });

    it('waits behind what is postponed', async () => {
      const tree = await stage.created('a');
      const { publish, lane } = parts(await claimAt(stage, 0));
      await stage.mine.outbox.acknowledge(lane);
      await stage.mine.outbox.postpone(publish, stage.now + 2_000, {
        id: publish[0].id,
        error: 'the sink is down',
      });
      await hangup(tree);
      expect(kindsOf(await claimAt(stage, 1_999))).toEqual(['hangup']);
      expect(kindsOf(await claimAt(stage, 2_000, stage.other))).toEqual(['publish', 'publish']);
    });

    it('is due at once when a hangup comes, however long its dial was put off', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      const { publish, lane } = parts(await claimAt(stage, 0));
      await stage.mine.outbox.acknowledge(publish);
      await stage.mine.outbox.postpone(lane, stage.now + 10_000, { id: lane[0].id, error: 'no answer' });
      expect(await claimAt(stage, 9_999)).toEqual([]);
      await hangup(tree);
      expect(lanesOf(parts(await claimAt(stage, 0, stage.other)).lane)).toEqual([
        ['dial', 'hangup'],
        ['dial', 'hangup'],
      ]);
    });

    it('is due at once when its dial is put off although a hangup has come', async () => {
      const tree = await stage.created('a');
      const { publish, lane } = parts(await claimAt(stage, 0));
      await stage.mine.outbox.acknowledge(publish);
      await hangup(tree);
      await stage.mine.outbox.postpone(lane, stage.now + 10_000, { id: lane[0].id, error: 'no answer' });
      const again = parts(await claimAt(stage, 0, stage.other)).lane;
      expect(again).toMatchObject([{ id: lane[0].id, attempts: 1 }, { attempts: 0 }]);
      expect(kindsOf(again)).toEqual(['dial', 'hangup']);
      // And again, with the hangup in the same claim.
      await stage.other.outbox.postpone(again, stage.now + 10_000, { id: lane[0].id, error: 'no answer' });
      expect(kindsOf(parts(await claimAt(stage, 0)).lane)).toEqual(['dial', 'hangup']);
    });

    it('waits for its hangup when that was put off', async () => {
      await hangup(await stage.created('a'));
      const { lane } = parts(await claimAt(stage, 0));
      await stage.mine.outbox.acknowledge([lane[0]]);
      await stage.mine.outbox.postpone([lane[1]], stage.now + 300, { id: lane[1].id, error: 'no answer' });
      expect(await claimAt(stage, 299)).toEqual([]);
      expect(await claimAt(stage, 300)).toMatchObject([{ id: lane[1].id, attempts: 1 }]);
    });

    it('waits behind what was left when a claim has run out', async () => {
      await hangup(await stage.created('a'));
      const { lane } = parts(await claimAt(stage, 0));
      await stage.mine.outbox.acknowledge([lane[0]]);
      expect(await claimAt(stage, LEASE - 1, stage.other)).toEqual([]);
      expect(parts(await claimAt(stage, LEASE, stage.other)).lane).toMatchObject([
        { id: lane[1].id, claimNo: 2 },
      ]);
    });

    it('gives no followers away that somebody still holds', async () => {
      await hangup(await stage.created('a'));
      const { lane } = parts(await claimAt(stage, 0));
      await stage.mine.outbox.postpone([lane[0]], stage.now + 100);
      const taken = await claimAt(stage, 100, stage.other);
      expect(kindsOf(taken)).toEqual(['dial']);
      await stage.mine.outbox.acknowledge([lane[1]]);
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(3);
    });

    it('takes no follower along past one that is not due', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      await hangup(await stage.after(tree, new HandleRingingCommand({ legId: legIds(tree)[0] })));
      const events = parts(await claimAt(stage, 0)).publish;
      expect(events.length).toBeGreaterThanOrEqual(3);
      await stage.mine.outbox.postpone(events.slice(0, 1), stage.now);
      await stage.mine.outbox.postpone(events.slice(1, 2), stage.now + 1_000);
      await stage.mine.outbox.postpone(events.slice(2), stage.now);
      expect((await claimAt(stage, 0, stage.other)).map(({ id }) => id)).toEqual([events[0].id]);
    });

    it('goes on without what is buried', async () => {
      const tree = await stage.created('a');
      const claimed = await claimAt(stage, 0);
      await hangup(tree);
      await stage.mine.outbox.bury(claimed, 'refused for ever');
      expect(kindsOf(await claimAt(stage, 0, stage.other)).sort()).toEqual(['hangup', 'publish']);
      expect(await stage.mine.outbox.stats(stage.now)).toMatchObject({ pending: 2, dead: 2 });
    });

    it('goes on behind any number of dead ones', async () => {
      for (let round = 0; round < 30; round += 1) {
        await stage.created(`dead ${round}`, ['anna', 'bob']);
        await stage.mine.outbox.bury(await claimAt(stage, 0), 'for ever');
      }
      await stage.created('living');
      expect(kindsOf(await claimAt(stage, 0, stage.other, 1)).length).toBe(1);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 1)).length).toBe(1);
      expect(await stage.mine.outbox.stats(stage.now)).toMatchObject({ pending: 2, dead: 90 });
    });
  });

  describe('across lanes', () => {
    it('hangups go first, however late they came', async () => {
      const old = await stage.created('old', ['anna', 'bob']);
      const settled = await claimAt(stage, 0);
      await stage.mine.outbox.acknowledge(settled);
      await stage.created('new', ['carl', 'dora']);
      await hangup(old);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 1))).toEqual(['hangup']);
      expect(kindsOf(await claimAt(stage, 0, stage.other, 1))).toEqual(['hangup']);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 1))).not.toEqual(['hangup']);
    });

    it('only kinds that there is room for are claimed, and the others are left to whoever has room', async () => {
      await stage.created('a', ['anna', 'bob', agent('carl')]);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 100, ['hangup']))).toEqual([]);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 100, ['resolve']))).toEqual(['resolve']);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 1, ['hangup', 'publish']))).toEqual(['publish']);
      await stage.created('b', ['dora']);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 100, ['publish', 'resolve']))).toEqual(['publish']);
      expect(kindsOf(await claimAt(stage, 0, stage.other, 100))).toEqual(['dial', 'dial', 'dial']);
    });

    it('a dial with a hangup behind it is a matter of the hangup’s room', async () => {
      const tree = await stage.created('a', ['anna']);
      await stage.created('b', ['bob']);
      await hangup(tree);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 100, ['hangup']))).toEqual(['dial', 'hangup']);
      expect(kindsOf(await claimAt(stage, 0, stage.mine, 100, ['dial']))).toEqual(['dial']);
    });

    it('no more lanes are claimed than asked for, and the rest is left to others', async () => {
      await stage.created('a', ['anna', 'bob', 'carl']);
      expect(await claimAt(stage, 0, stage.mine, 2)).toHaveLength(2);
      expect(await claimAt(stage, 0, stage.other, 100)).toHaveLength(2);
    });

    it('what is postponed does not stop the others', async () => {
      await stage.created('a', ['anna', 'bob']);
      await stage.mine.outbox.postpone(await claimAt(stage, 0), stage.now + 60_000);
      await stage.created('b', ['carl']);
      expect(kindsOf(await claimAt(stage, 0, stage.other)).sort()).toEqual(['dial', 'publish']);
    });
  });
}

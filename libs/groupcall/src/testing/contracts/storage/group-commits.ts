/// <reference types="jest" />
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleRingingCommand } from '../../../commands/handle-ringing/handle-ringing.command.js';
import { HangupCommand } from '../../../commands/hangup/hangup.command.js';
import { group, phone } from '../../scenario/index.js';
import { turnOf } from '../../turns.js';
import { legIds, NO_LIMITS, rootId, STRANGER, type StorageStage } from './storage-stage.js';

/** Turns of many trees that are committed in one go are each stored or not, as if it were alone. */
export function itCommitsGroups(stage: StorageStage): void {
  describe('each turn of a group stands for itself', () => {
    it('the good ones are stored, whatever becomes of the others', async () => {
      const [known, stale] = [await stage.created('known'), await stage.created('stale', ['anna', 'bob'])];
      const now = await stage.after(stale, new HandleRingingCommand({ legId: legIds(stale)[1] }));
      await stage.created('taken');
      const pending = await stage.pendingEffects();
      const turns = [
        turnOf(known, new HangupCommand({ groupcallId: known.rootId }), stage.now),
        stage.newTree('too large', ['a', 'b', 'c', 'd', 'e', 'f'], { customerId: STRANGER }),
        turnOf(stale, new HandleAnswerCommand({ legId: legIds(stale)[0] }), stage.now),
        stage.newTree('fits', ['a', 'b', 'c'], { customerId: STRANGER }),
        stage.newTree('taken', ['carl']),
      ];
      expect(await stage.mine.store.commit(turns, { ...NO_LIMITS, liveLegs: 5 })).toEqual([
        'committed',
        'over_limit',
        'conflict',
        'committed',
        'conflict',
      ]);
      expect(await stage.other.store.load(known.rootId)).toEqual(turns[0].after);
      expect(await stage.other.store.load(rootId('too large'))).toBeNull();
      expect(await stage.other.store.load(stale.rootId)).toEqual(now);
      expect(await stage.other.store.load(rootId('fits'))).toEqual(turns[3].after);
      expect(await stage.pendingEffects()).toBe(pending + turns[0].effects.length + turns[3].effects.length);
    });

    it.each([0, 100])('old and new trees are stored together; the most live legs: %d', async (liveLegs) => {
      const [known, stale] = [await stage.created('known'), await stage.created('stale', ['anna', 'bob'])];
      await stage.after(stale, new HandleRingingCommand({ legId: legIds(stale)[1] }));
      const turns = [
        stage.newTree('new', ['anna', group('others', [phone('bob')])]),
        turnOf(known, new HangupCommand({ groupcallId: known.rootId }), stage.now),
        turnOf(stale, new HandleAnswerCommand({ legId: legIds(stale)[0] }), stage.now),
        stage.newTree('newer', ['carl'], { customerId: STRANGER }),
      ];
      expect(await stage.mine.store.commit(turns, { ...NO_LIMITS, liveLegs })).toEqual([
        'committed',
        'committed',
        'conflict',
        'committed',
      ]);
      for (const { after } of [turns[0], turns[1], turns[3]])
        expect(await stage.other.store.load(after.rootId)).toEqual(after);
    });

    it('also when only old trees are in it, in any order', async () => {
      const names = Array.from({ length: 40 }, (_, index) => `tree ${index}`);
      const trees = await Promise.all(names.map((name) => stage.created(name, ['anna', 'bob'])));
      const turnsOf = (leg: number) =>
        trees.map((tree) => turnOf(tree, new HandleAnswerCommand({ legId: legIds(tree)[leg] }), stage.now));
      const [mine, theirs] = await Promise.all([
        stage.mine.store.commit(turnsOf(0), NO_LIMITS),
        stage.other.store.commit(turnsOf(1).reverse(), NO_LIMITS),
      ]);
      theirs.reverse();
      for (const [index, tree] of trees.entries()) {
        expect([mine[index], theirs[index]].sort()).toEqual(['committed', 'conflict']);
        const winner = legIds(tree)[mine[index] === 'committed' ? 0 : 1];
        expect((await stage.mine.store.load(tree.rootId))!.winnerLegId).toBe(winner);
      }
    });
  });
}

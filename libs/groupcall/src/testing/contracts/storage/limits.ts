/// <reference types="jest" />
import { NIL_UUID } from '@groupcall/shared';
import { DeleteGroupcallCommand } from '../../../commands/delete-groupcall/delete-groupcall.command.js';
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../../commands/handle-hangup/handle-hangup.command.js';
import { liveLegsOf } from '../../../domain/tree-state.js';
import type { TurnOutcome } from '../../../ports/groupcall-store.port.js';
import { line, phone, uuidOf } from '../../scenario/index.js';
import { turnOf } from '../../turns.js';
import { CUSTOMER, legIds, NO_LIMITS, rootId, STRANGER, type StorageStage } from './storage-stage.js';

/** Counted exactly, over all trees and processes; only growth is ever refused. */
export function itLimitsLiveLegs(stage: StorageStage): void {
  describe("the customer's live legs", () => {
    const limits = (liveLegs: number) => ({ ...NO_LIMITS, liveLegs });
    const count = (outcomes: TurnOutcome[], wanted: TurnOutcome) =>
      outcomes.filter((outcome) => outcome === wanted).length;

    it('are counted over all trees, and a turn that would exceed them stores nothing', async () => {
      expect(await stage.mine.store.commit([stage.newTree('a', ['1', '2'])], limits(3))).toEqual([
        'committed',
      ]);
      const tooMuch = stage.newTree('b', ['3', '4']);
      expect(await stage.other.store.commit([tooMuch], limits(3))).toEqual(['over_limit']);
      expect(await stage.other.store.load(rootId('b'))).toBeNull();
      expect(await stage.other.store.commit([stage.newTree('b', ['3'])], limits(3))).toEqual(['committed']);
    });

    it('are exact when twenty are created at once against a limit of ten', async () => {
      for (let round = 0; round < 5; round += 1) {
        const customerId = uuidOf(`customer ${round}`);
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            stage
              .storeOf(index)
              .commit([stage.newTree(`${round}/${index}`, ['anna'], { customerId })], limits(10)),
          ),
        );
        expect(count(outcomes.flat(), 'committed')).toBe(10);
        expect(count(outcomes.flat(), 'over_limit')).toBe(10);
        expect(await stage.mine.store.rootsOfCustomer(customerId, 'live', NIL_UUID, 100)).toHaveLength(10);
      }
    });

    it('are exact when whole groups of turns are committed at once', async () => {
      const groups = Array.from({ length: 4 }, (_, group) =>
        Array.from({ length: 5 }, (_, index) => stage.newTree(`${group}/${index}`, ['anna', 'bob'])),
      );
      const outcomes = await Promise.all(
        groups.map((turns, index) => stage.storeOf(index).commit(turns, limits(11))),
      );
      expect(count(outcomes.flat(), 'committed')).toBe(5);
      expect(count(outcomes.flat(), 'over_limit')).toBe(15);
    });

    it('refuse of a group only what really does not fit', async () => {
      const turns = [3, 2, 4, 1].map((legs, index) =>
        stage.newTree(
          `${index}`,
          Array.from({ length: legs }, (_, leg) => `phone-${leg}`),
        ),
      );
      const outcomes = await stage.mine.store.commit(turns, limits(5));
      const legsOf = (wanted: TurnOutcome) =>
        turns.filter((_, index) => outcomes[index] === wanted).map(({ after }) => liveLegsOf(after));
      const stored = legsOf('committed').reduce((sum, legs) => sum + legs, 0);
      expect(stored).toBeGreaterThan(0);
      expect(stored).toBeLessThanOrEqual(5);
      for (const legs of legsOf('over_limit')) expect(stored + legs).toBeGreaterThan(5);
    });

    it('are free again when legs have ended, and ending is never refused', async () => {
      let tree = await stage.created('a', ['anna', 'bob', 'carl']);
      for (const legId of legIds(tree).slice(0, 2)) {
        const ended = turnOf(tree, new HandleHangupCommand({ legId, reason: 'busy' }), stage.now);
        expect(await stage.mine.store.commit([ended], limits(1))).toEqual(['committed']);
        tree = ended.after;
      }
      expect(await stage.other.store.commit([stage.newTree('b', ['dora'])], limits(2))).toEqual([
        'committed',
      ]);
      expect(await stage.other.store.commit([stage.newTree('c', ['emil'])], limits(2))).toEqual([
        'over_limit',
      ]);
    });

    it('never stop a turn that adds none', async () => {
      const tree = await stage.created('a', ['anna', 'bob', 'carl']);
      const [legId] = legIds(tree);
      const answered = turnOf(tree, new HandleAnswerCommand({ legId }), stage.now);
      expect(await stage.mine.store.commit([answered], limits(1))).toEqual(['committed']);
      const deleted = turnOf(
        answered.after,
        new DeleteGroupcallCommand({ groupcallId: tree.rootId }),
        stage.now,
      );
      expect(await stage.mine.store.commit([deleted], limits(1))).toEqual(['committed']);
    });

    it('count the next one of a line when its turn comes', async () => {
      const tree = await stage.created('a', [line('l', ['anna', 'bob'].map(phone))]);
      await stage.created('b', ['carl']);
      const next = turnOf(
        tree,
        new HandleHangupCommand({ legId: legIds(tree)[0], reason: 'busy' }),
        stage.now,
      );
      // One has ended, one is new: nothing was added.
      expect(await stage.mine.store.commit([next], limits(1))).toEqual(['committed']);
    });

    it('are as many as before when a turn was a conflict', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      const [anna, bob] = legIds(tree);
      await stage.after(tree, new HandleAnswerCommand({ legId: anna }));
      const stale = turnOf(tree, new HandleHangupCommand({ legId: bob, reason: 'busy' }), stage.now);
      expect(await stage.other.store.commit([stale], limits(2))).toEqual(['conflict']);
      expect(await stage.other.store.commit([stage.newTree('b', ['carl'])], limits(2))).toEqual([
        'over_limit',
      ]);
    });

    it('of others do not count', async () => {
      await stage.created('a', ['anna', 'bob', 'carl']);
      const others = stage.newTree('b', ['dora'], { customerId: STRANGER });
      expect(await stage.mine.store.commit([others], limits(1))).toEqual(['committed']);
    });
  });
}

/** A bucket per customer that refills as time passes. */
export function itLimitsTheRate(stage: StorageStage): void {
  describe('new groupcalls per second', () => {
    const limits = (groupcallsPerSecond: number) => ({ ...NO_LIMITS, groupcallsPerSecond });

    it('are admitted up to the limit, across processes, then one has to wait', async () => {
      const { now } = stage;
      expect(await stage.mine.store.admit(CUSTOMER, limits(2), now)).toBe(0);
      expect(await stage.other.store.admit(CUSTOMER, limits(2), now)).toBe(0);
      expect(await stage.mine.store.admit(CUSTOMER, limits(2), now)).toBe(500);
      expect(await stage.mine.store.admit(CUSTOMER, limits(2), now + 490)).toBeGreaterThanOrEqual(10);
      expect(await stage.mine.store.admit(CUSTOMER, limits(2), now + 500)).toBe(0);
      expect(await stage.other.store.admit(CUSTOMER, limits(2), now + 500)).toBe(500);
    });

    it('are exact when many ask at once', async () => {
      const ask = (now: number) =>
        Promise.all(
          Array.from({ length: 20 }, (_, index) => stage.storeOf(index).admit(CUSTOMER, limits(10), now)),
        );
      const admitted = (waits: number[]) => waits.filter((wait) => wait === 0).length;
      expect(admitted(await ask(stage.now))).toBe(10);
      expect(admitted(await ask(stage.now + 300))).toBe(3);
      expect(admitted(await ask(stage.now + 60_000))).toBe(10);
    });

    it('do not come back when somebody’s clock is behind', async () => {
      for (let index = 0; index < 2; index += 1) await stage.mine.store.admit(CUSTOMER, limits(2), stage.now);
      expect(await stage.other.store.admit(CUSTOMER, limits(2), stage.now - 10_000)).toBeGreaterThan(0);
      expect(await stage.other.store.admit(CUSTOMER, limits(2), stage.now)).toBeGreaterThan(0);
    });

    it('of others do not count, and 0 is no limit', async () => {
      await stage.mine.store.admit(CUSTOMER, limits(1), stage.now);
      expect(await stage.mine.store.admit(STRANGER, limits(1), stage.now)).toBe(0);
      for (let index = 0; index < 5; index += 1)
        expect(await stage.mine.store.admit(CUSTOMER, limits(0), stage.now)).toBe(0);
    });

    it('are counted beside the live legs, not instead of them', async () => {
      expect(await stage.mine.store.admit(CUSTOMER, limits(1), stage.now)).toBe(0);
      const turn = stage.newTree('a', ['anna', 'bob']);
      expect(await stage.mine.store.commit([turn], { liveLegs: 2, groupcallsPerSecond: 1 })).toEqual([
        'committed',
      ]);
      expect(await stage.mine.store.admit(CUSTOMER, limits(1), stage.now + 1_000)).toBe(0);
      const more = stage.newTree('b', ['carl']);
      expect(await stage.mine.store.commit([more], { liveLegs: 2, groupcallsPerSecond: 1 })).toEqual([
        'over_limit',
      ]);
    });
  });
}

/// <reference types="jest" />
import { CreateGroupcallCommand } from '../../../commands/create-groupcall/create-groupcall.command.js';
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../../../commands/handle-hangup/handle-hangup.command.js';
import { emptyTree, type TreeState } from '../../../domain/tree-state.js';
import type { GivenBack } from '../../../ports/effect-outbox.port.js';
import type { EffectHold, TreeTurn } from '../../../ports/groupcall-store.port.js';
import { phone } from '../../scenario/index.js';
import { turnOf } from '../../turns.js';
import { claimAt, kindsOf, LEASE } from './claiming.js';
import { CUSTOMER, legIds, NO_LIMITS, rootId, type StorageStage } from './storage-stage.js';

/** Effects that are claimed in the very commit that wants them. A store may refuse that; then they are everybody's. */
export function itHolds(stage: StorageStage): void {
  const hold = (known: number[] = [], owner = 'mine', ms = 0): EffectHold => ({
    owner,
    now: stage.now + ms,
    until: stage.now + ms + LEASE,
    known: () => known,
  });
  const commit = async (turn: TreeTurn, wanted: EffectHold): Promise<string> =>
    (await stage.mine.store.commit([turn], NO_LIMITS, wanted))[0];
  const nameOf = ({ rootId, version }: TreeState) => ({ rootId, version });
  const accepted = (tree: TreeState, leg = 0) =>
    turnOf(
      tree,
      new HandleDialOutcomeCommand({ rootId: tree.rootId, legId: legIds(tree)[leg], outcome: 'accepted' }),
      stage.now,
    );
  const givenBack = (turn: TreeTurn, ordinals: number[], error: string | null, at = stage.now): GivenBack[] =>
    ordinals.map((ordinal) => ({
      ...nameOf(turn.after),
      customerId: turn.after.customerId,
      ordinal,
      effect: turn.effects[ordinal],
      createdAt: stage.now,
      at,
      error,
    }));

  describe('effects held by whoever commits them', () => {
    it('are held, or everybody’s, and never both', async () => {
      const turn = stage.newTree('root', ['anna', 'bob']);
      const outcome = await commit(turn, hold());
      expect(['held', 'committed']).toContain(outcome);
      const claimed = await claimAt(stage, 0, stage.other);
      expect(claimed).toHaveLength(outcome === 'held' ? 0 : turn.effects.length);
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(turn.effects.length);
    });

    it('are everybody’s, as if never done, when the hold has run out, and count as held before', async () => {
      const turn = stage.newTree('root', ['anna', 'bob']);
      const outcome = await commit(turn, hold());
      const claimed = await claimAt(stage, LEASE, stage.other);
      expect(kindsOf(claimed).sort()).toEqual(['dial', 'dial', 'publish']);
      expect(claimed.map(({ effect }) => effect)).toEqual(expect.arrayContaining([...turn.effects]));
      for (const { claimNo } of claimed) expect(claimNo).toBe(outcome === 'held' ? 2 : 1);
      // The old holder has nothing to say any more.
      await stage.mine.outbox.release('mine', [nameOf(turn.after)]);
      await stage.mine.outbox.giveBack('mine', givenBack(turn, [0, 1, 2], 'late'));
      expect(await stage.mine.outbox.renew('mine', [nameOf(turn.after)], stage.now + 9 * LEASE)).toEqual([]);
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(3);
    });

    it('are forgotten when they are done', async () => {
      const turn = stage.newTree('root', ['anna']);
      if ((await commit(turn, hold())) !== 'held') return;
      await stage.mine.outbox.release('other', [nameOf(turn.after)]);
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(2);
      await stage.mine.outbox.release('mine', [nameOf(turn.after)]);
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(0);
      expect(await claimAt(stage, LEASE)).toEqual([]);
    });

    it('stay held for as long as they are renewed', async () => {
      const turn = stage.newTree('root', ['anna']);
      if ((await commit(turn, hold())) !== 'held') return;
      const name = nameOf(turn.after);
      expect(await stage.mine.outbox.renew('mine', [name], stage.now + 3 * LEASE)).toEqual([name]);
      expect(await claimAt(stage, 2 * LEASE, stage.other)).toEqual([]);
      expect(await claimAt(stage, 3 * LEASE, stage.other)).toHaveLength(2);
    });

    it('come back one by one, with their failure, and those behind them wait', async () => {
      const turn = stage.newTree('root', ['anna']);
      if ((await commit(turn, hold())) !== 'held') return;
      const dial = turn.effects.findIndex(({ kind }) => kind === 'dial');
      await stage.mine.outbox.giveBack('mine', givenBack(turn, [dial], 'no line', stage.now + 100));
      expect(await claimAt(stage, 0, stage.other)).toEqual([]);
      const [claimed] = await claimAt(stage, 100, stage.other);
      expect(claimed).toMatchObject({ attempts: 1, claimNo: 2, effect: { kind: 'dial' } });
      // What is left of the bundle does not bring it a second time.
      const rest = await claimAt(stage, LEASE + 1, stage.other);
      expect(kindsOf(rest)).toEqual(['publish']);
    });

    it('are not held behind a lane that somebody else has in hand, and wait for it', async () => {
      const turn = stage.newTree('root', ['anna', 'bob']);
      if ((await commit(turn, hold([], 'other'))) !== 'held') return;
      const next = turnOf(turn.after, new HandleAnswerCommand({ legId: legIds(turn.after)[0] }), stage.now);
      expect(await commit(next, hold())).toBe('committed');
      // Bob's hangup must not overtake his dial, nor one event the other.
      expect(await claimAt(stage, 1)).toEqual([]);
      await stage.other.outbox.release('other', [nameOf(turn.after)]);
      const claimed = await claimAt(stage, 2);
      expect(kindsOf(claimed).filter((kind) => kind === 'hangup')).toHaveLength(1);
      for (const { claimNo } of claimed) expect(claimNo).toBe(1);
    });

    it('are held behind those that the holder executes itself, not behind its own of which it knows nothing', async () => {
      const turn = stage.newTree('root', ['anna', 'bob']);
      if ((await commit(turn, hold())) !== 'held') return;
      const second = accepted(turn.after);
      expect(await commit(second, hold([1]))).toBe('held');
      const third = accepted(second.after, 1);
      expect(await commit(third, hold([1]))).toBe('committed');
      expect(await claimAt(stage, 1)).toEqual([]);
    });

    describe('that wait for somebody else', () => {
      const RESERVED = 200;
      const reserving = (known: number[] = [], owner = 'mine', ms = 0): EffectHold => ({
        ...hold(known, owner, ms),
        reservedUntil: stage.now + ms + RESERVED,
      });
      /** Anna and Bob ring by the other's doing; Anna answers here. Nothing when this store holds nothing. */
      const answeredMeanwhile = async () => {
        const turn = stage.newTree('root', ['anna', 'bob']);
        if ((await commit(turn, hold([], 'other'))) !== 'held') return undefined;
        const next = turnOf(turn.after, new HandleAnswerCommand({ legId: legIds(turn.after)[0] }), stage.now);
        expect(await commit(next, reserving())).toBe('reserved');
        return { turn, first: nameOf(turn.after), next, name: nameOf(next.after) };
      };

      it('are kept for their owner, who has them once the other one is done', async () => {
        const answered = await answeredMeanwhile();
        if (!answered) return;
        const { first, name } = answered;
        const { outbox } = stage.mine;
        expect(await outbox.hold(reserving([], 'mine', 10), [name])).toEqual([]);
        await stage.other.outbox.release('other', [first]);
        expect(await claimAt(stage, 20, stage.other)).toEqual([]);
        expect(await outbox.hold(reserving([], 'mine', 20), [name])).toEqual([name]);
        expect(await claimAt(stage, RESERVED, stage.other)).toEqual([]);
        await outbox.release('mine', [name]);
        expect((await outbox.stats(stage.now)).pending).toBe(0);
      });

      it('are everybody’s when the owner does not come for them, as never held', async () => {
        const answered = await answeredMeanwhile();
        if (!answered) return;
        await stage.other.outbox.release('other', [answered.first]);
        const claimed = await claimAt(stage, RESERVED, stage.other);
        expect(claimed.map(({ effect }) => effect)).toEqual(
          expect.arrayContaining([...answered.next.effects]),
        );
        for (const { claimNo } of claimed) expect(claimNo).toBe(1);
        expect(await stage.mine.outbox.hold(reserving([], 'mine', RESERVED), [answered.name])).toEqual([]);
      });

      it('are not held in front of what the other one has given back', async () => {
        const answered = await answeredMeanwhile();
        if (!answered) return;
        const { turn, first, name } = answered;
        await stage.other.outbox.giveBack(
          'other',
          givenBack(turn, [...turn.effects.keys()], 'no line', stage.now + 50),
        );
        await stage.other.outbox.release('other', [first]);
        expect(await stage.mine.outbox.hold(reserving([], 'mine', 10), [name])).toEqual([]);
      });

      it('come one after the other, the earlier turn first', async () => {
        const answered = await answeredMeanwhile();
        if (!answered) return;
        const { first, next, name } = answered;
        const [, bob] = legIds(next.after);
        const gone = new HandleHangupCommand({ legId: bob, reason: 'answered_elsewhere' });
        const last = turnOf(next.after, gone, stage.now);
        expect(await commit(last, reserving())).toBe('reserved');
        const later = nameOf(last.after);
        const { outbox } = stage.mine;
        await stage.other.outbox.release('other', [first]);
        expect(await outbox.hold(reserving([], 'mine', 10), [later, name])).toEqual([name]);
        // Not behind one of its own of which it knows nothing.
        expect(await outbox.hold(reserving([], 'mine', 20), [later])).toEqual([]);
        expect(await outbox.hold(reserving([name.version], 'mine', 20), [later])).toEqual([later]);
      });

      it('are everybody’s at once when it is the outbox that is in front', async () => {
        const tree = await stage.created('root', ['anna', 'bob']);
        await claimAt(stage, 0);
        const answered = new HandleAnswerCommand({ legId: legIds(tree)[0] });
        expect(await commit(turnOf(tree, answered, stage.now), reserving())).toBe('committed');
      });

      it('are nobody’s for a moment only without a dial among them', async () => {
        const destinations = [phone('anna'), phone('bob')];
        const create = new CreateGroupcallCommand({
          customerId: CUSTOMER,
          destinations,
          ringMethod: 'linear',
        });
        const turn = turnOf(emptyTree(rootId('root'), CUSTOMER), create, stage.now);
        if ((await commit(turn, hold([], 'other'))) !== 'held') return;
        const next = turnOf(
          turn.after,
          new HandleDialOutcomeCommand({
            rootId: turn.after.rootId,
            legId: legIds(turn.after)[0],
            outcome: 'refused',
          }),
          stage.now,
        );
        expect(next.effects.map(({ kind }) => kind)).toContain('dial');
        expect(await commit(next, reserving())).toBe('committed');
        expect(kindsOf(await claimAt(stage, 1))).toContain('dial');
      });
    });

    it('are not held behind what is in the outbox', async () => {
      const tree = await stage.created('root', ['anna', 'bob']);
      expect(await commit(accepted(tree), hold())).toBe('committed');
      const lanes = await claimAt(stage, 1);
      expect(lanes.filter(({ effect }) => effect.kind === 'publish').map(({ effect }) => effect)).toEqual([
        expect.objectContaining({ event: expect.objectContaining({ sequence: 1 }) as unknown }),
        expect.objectContaining({ event: expect.objectContaining({ sequence: 2 }) as unknown }),
      ]);
    });
  });
}

/// <reference types="jest" />
import { HandleAnswerCommand } from '../../../commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import type { TreeState } from '../../../domain/tree-state.js';
import type { GivenBack } from '../../../ports/effect-outbox.port.js';
import type { EffectHold, TreeTurn } from '../../../ports/groupcall-store.port.js';
import { asStored, turnOf } from '../../turns.js';
import { claimAt, kindsOf, LEASE } from './claiming.js';
import { legIds, NO_LIMITS, type StorageStage } from './storage-stage.js';

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
      const effects = asStored(claimed.map(({ effect }) => effect));
      expect(effects).toEqual(expect.arrayContaining(asStored(turn.effects)));
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

    it('are forgotten with another commit of their holder, and with nobody else’s', async () => {
      const turn = stage.newTree('root', ['anna']);
      if ((await commit(turn, hold())) !== 'held') return;
      const done = [nameOf(turn.after)];
      await commit(stage.newTree('second', ['bob']), { ...hold([], 'other'), done });
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(4);
      await commit(stage.newTree('third', ['carla']), { ...hold(), done });
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(4);
      const claimed = await claimAt(stage, LEASE, stage.other);
      expect(claimed.map(({ rootId }) => rootId)).not.toContain(turn.after.rootId);
    });

    it('stay where they are when nothing of the commit that should forget them is stored', async () => {
      const idempotency = { key: 'taken', fingerprint: 'f' };
      await stage.created('first', ['anna'], { idempotency });
      const turn = stage.newTree('root', ['bob']);
      if ((await commit(turn, hold())) !== 'held') return;
      const refused = stage.newTree('again', ['anna'], { idempotency });
      const done = [nameOf(turn.after)];
      expect(await commit(refused, { ...hold(), done })).toBe('duplicate_key');
      const claimed = await claimAt(stage, LEASE, stage.other);
      expect(claimed.map(({ rootId }) => rootId)).toContain(turn.after.rootId);
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

/// <reference types="jest" />
import { asStored } from '../../turns.js';
import { HandleRingingCommand } from '../../../commands/handle-ringing/handle-ringing.command.js';
import { HangupCommand } from '../../../commands/hangup/hangup.command.js';
import type { ClaimedEffect } from '../../../ports/effect-outbox.port.js';
import { CURIOUS, CUSTOMER, legIds, type StorageStage } from './storage-stage.js';
import { claimAt, LEASE, kindsOf } from './claiming.js';

/** A claim is one process's alone while it lasts, and counts for nothing afterwards. */
export function itClaims(stage: StorageStage): void {
  describe('a claimed effect', () => {
    it('is one process’s alone until its lease is over', async () => {
      await stage.created('a');
      expect(kindsOf(await claimAt(stage, 0)).sort()).toEqual(['dial', 'publish']);
      expect(await claimAt(stage, 0, stage.other)).toEqual([]);
      expect(await claimAt(stage, LEASE - 1, stage.other)).toEqual([]);
      const again = await claimAt(stage, LEASE, stage.other);
      expect(again).toMatchObject([{ claimNo: 2 }, { claimNo: 2 }]);
      expect(await claimAt(stage, LEASE)).toEqual([]);
    });

    it('says when the claim runs out', async () => {
      await stage.created('a');
      const until = stage.now + 300 + LEASE;
      expect(await claimAt(stage, 300)).toMatchObject([{ claimUntil: until }, { claimUntil: until }]);
    });

    it('has not been held before exactly when its claim is the first one', async () => {
      await stage.created('a');
      const first = await claimAt(stage, 0);
      expect(first.map(({ claimNo }) => claimNo)).toEqual([1, 1]);
      await stage.mine.outbox.postpone(first, stage.now);
      for (const { claimNo } of await claimAt(stage, 0, stage.other)) expect(claimNo).toBeGreaterThan(1);
    });

    it('comes with its leg as committed at the moment of the claim, the customer and the moment of its commit', async () => {
      const before = await stage.time();
      const tree = await stage.created('a');
      const after = await stage.time();
      const [legId] = legIds(tree);
      const rings = await stage.after(tree, new HandleRingingCommand({ legId }));
      const claimed = await claimAt(stage, 0);
      const dial = claimed.find(({ effect }) => effect.kind === 'dial')!;
      expect(dial).toMatchObject({ rootId: tree.rootId, customerId: CUSTOMER, attempts: 0 });
      expect(dial.effect).toEqual({ kind: 'dial', lane: legId, legId });
      expect(dial.leg).toEqual(rings.legs.get(legId));
      expect(dial.createdAt).toBeGreaterThanOrEqual(before);
      expect(dial.createdAt).toBeLessThanOrEqual(after);
      expect(claimed.filter(({ effect }) => effect.kind === 'publish').map(({ leg }) => leg)).toEqual([
        null,
        null,
        null,
      ]);
    });

    it('is what was committed', async () => {
      const turn = stage.newTree('a', [CURIOUS, 'bob']);
      await stage.stored(turn);
      const claimed = await claimAt(stage, 0);
      const byLane = (a: { lane: string }, b: { lane: string }) => (a.lane < b.lane ? -1 : 1);
      const effects = asStored(claimed.map(({ effect }) => effect));
      expect(effects.sort(byLane)).toEqual(asStored(turn.effects).sort(byLane));
    });

    it('is forgotten when it is acknowledged, once or twice', async () => {
      await stage.created('a');
      const claimed = await claimAt(stage, 0);
      await stage.mine.outbox.acknowledge(claimed);
      await stage.mine.outbox.acknowledge(claimed);
      await stage.mine.outbox.acknowledge([]);
      expect(await claimAt(stage, LEASE)).toEqual([]);
      expect(await stage.other.outbox.stats(stage.now)).toEqual({ pending: 0, dead: 0, oldestAge: 0 });
    });

    it('is given back at a moment, for everybody', async () => {
      await stage.created('a');
      await stage.mine.outbox.postpone(await claimAt(stage, 0), stage.now + 700);
      expect(await claimAt(stage, 699, stage.other)).toEqual([]);
      expect(await claimAt(stage, 700, stage.other)).toHaveLength(2);
    });

    it('counts the tries of it that failed, and nothing else', async () => {
      await stage.created('a', ['anna', 'bob']);
      let claimed = await claimAt(stage, 0);
      const [failing, ...others] = claimed.map(({ id }) => id);
      const triesOf = () => Object.fromEntries(claimed.map(({ id, attempts }) => [id, attempts]));
      for (let tries = 1; tries <= 3; tries += 1) {
        await stage.mine.outbox.postpone(claimed, stage.now, { id: failing, error: 'no answer' });
        claimed = await claimAt(stage, 0);
        expect(triesOf()).toEqual({ [failing]: tries, [others[0]]: 0, [others[1]]: 0 });
      }
      // That a claim runs out is nobody's failure.
      claimed = await claimAt(stage, LEASE, stage.other);
      expect(triesOf()).toEqual({ [failing]: 3, [others[0]]: 0, [others[1]]: 0 });
    });
  });

  it('any text may say why an effect is given back or given up', async () => {
    const texts = [
      '',
      '\0',
      '🙂\0'.repeat(2_000),
      `' " \\ ? $1 %s`,
      'x'.repeat(100_000),
      'half \ud83d',
      '\ude42\n',
    ];
    for (const text of texts) {
      await stage.created(`because of ${text.slice(0, 5)}${text.length}`);
      const claimed = await claimAt(stage, 0);
      await stage.mine.outbox.postpone(claimed, stage.now, { id: claimed[0].id, error: text });
      await stage.mine.outbox.bury(await claimAt(stage, 0), text);
    }
    expect(await stage.mine.outbox.stats(stage.now)).toMatchObject({ pending: 0, dead: 2 * texts.length });
  });

  describe('the receipts of a claim', () => {
    const acts: [string, (claimed: ClaimedEffect[]) => Promise<void>][] = [
      ['acknowledge', (claimed) => stage.mine.outbox.acknowledge(claimed)],
      ['postpone', (claimed) => stage.mine.outbox.postpone(claimed, stage.now + 60_000)],
      ['bury', (claimed) => stage.mine.outbox.bury(claimed, 'too late')],
    ];

    it.each(acts)('%s nothing when somebody else holds the claim', async (_name, act) => {
      await stage.created('a');
      const lost = await claimAt(stage, 0);
      const held = await claimAt(stage, LEASE, stage.other);
      await act(lost);
      expect(await stage.other.outbox.stats(stage.now)).toMatchObject({ pending: held.length, dead: 0 });
      expect(await claimAt(stage, 2 * LEASE - 1)).toEqual([]);
      await stage.other.outbox.acknowledge(held);
      expect(await stage.other.outbox.stats(stage.now)).toMatchObject({ pending: 0, dead: 0 });
    });

    it.each(acts)('%s nothing when the claim was given back', async (_name, act) => {
      await stage.created('a');
      const claimed = await claimAt(stage, 0);
      await stage.mine.outbox.postpone(claimed, stage.now + 1_000);
      await act(claimed);
      expect(await stage.other.outbox.stats(stage.now)).toMatchObject({ pending: 2, dead: 0 });
      expect(await claimAt(stage, 1_000, stage.other)).toHaveLength(2);
    });

    it.each(acts)('%s nothing that was buried', async (_name, act) => {
      await stage.created('a');
      const claimed = await claimAt(stage, 0);
      await stage.mine.outbox.bury(claimed, 'for ever');
      await act(claimed);
      expect(await stage.other.outbox.stats(stage.now)).toMatchObject({ pending: 0, dead: 2 });
      expect(await claimAt(stage, 120_000, stage.other)).toEqual([]);
    });

    it('still count after the lease, as long as nobody else has claimed', async () => {
      await stage.created('a');
      const claimed = await claimAt(stage, 0);
      await stage.mine.outbox.acknowledge(claimed);
      expect(await claimAt(stage, LEASE, stage.other)).toEqual([]);
    });
  });

  describe('the numbers of the outbox', () => {
    it('are what is pending, what is dead, and the age of the oldest that is pending', async () => {
      expect(await stage.mine.outbox.stats(stage.now)).toEqual({ pending: 0, dead: 0, oldestAge: 0 });
      const tree = await stage.created('a');
      await stage.mine.outbox.bury(await claimAt(stage, 0), 'for ever');
      await stage.after(tree, new HangupCommand({ groupcallId: tree.rootId }));
      const now = await stage.time();
      const stats = await stage.other.outbox.stats(now + 10_000);
      expect(stats).toMatchObject({ pending: 2, dead: 2 });
      // Both moments are rounded to a millisecond, each in its own way.
      expect(stats.oldestAge).toBeGreaterThanOrEqual(9_999);
      expect(stats.oldestAge).toBeLessThan(20_000);
      expect((await stage.other.outbox.stats(0)).oldestAge).toBe(0);
    });
  });
}

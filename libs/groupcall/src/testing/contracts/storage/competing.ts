/// <reference types="jest" />
import { HangupCommand } from '../../../commands/hangup/hangup.command.js';
import type { ClaimedEffect } from '../../../ports/effect-outbox.port.js';
import { claimAt, LEASE } from './claiming.js';
import type { StorageProcess } from './storage-environment.js';
import type { StorageStage } from './storage-stage.js';

const TREES = 40;

/** Two processes empty the same outbox at the same time, while it is being filled. */
export function itIsSharedByClaimers(stage: StorageStage): void {
  describe('processes that claim at the same time', () => {
    /** Every effect that was executed, in the order in which it was. */
    let executed: ClaimedEffect[] = [];
    /** Lanes that a process is busy with right now. */
    let busy = new Map<string, StorageProcess>();

    beforeEach(() => {
      executed = [];
      busy = new Map();
    });

    /** How many are still filling the outbox. */
    let filling = 0;

    /** Trees that ring two phones and are hung up again: two lanes of dial and hangup, one of events, each. */
    async function fill(part: number): Promise<void> {
      filling += 1;
      for (let index = part; index < TREES; index += 4) {
        const tree = await stage.created(`tree ${index}`, ['anna', 'bob']);
        await stage.after(tree, new HangupCommand({ groupcallId: tree.rootId }));
      }
      filling -= 1;
    }

    /** Claims and executes until nothing comes any more. @returns what was claimed but never finished */
    async function work(
      process: StorageProcess,
      ms: number,
      leaves: (lane: number) => boolean = () => false,
    ): Promise<number> {
      let left = 0;
      for (;;) {
        const claimed = await claimAt(stage, ms, process, 7);
        if (claimed.length === 0 && filling === 0) return left;
        for (const { effect } of claimed) {
          expect(busy.get(effect.lane) ?? process).toBe(process);
          busy.set(effect.lane, process);
        }
        const lanes = [...new Set(claimed.map(({ effect }) => effect.lane))];
        const finished = claimed.filter(({ effect }) => !leaves(lanes.indexOf(effect.lane)));
        left += claimed.length - finished.length;
        executed.push(...finished);
        for (const { effect } of finished) busy.delete(effect.lane);
        await process.outbox.acknowledge(finished);
      }
    }

    function expectAllOnceAndInOrder(): void {
      expect(executed).toHaveLength(TREES * 6);
      expect(new Set(executed.map(({ id }) => id)).size).toBe(TREES * 6);
      const lanes = new Map<string, string[]>();
      for (const { effect } of executed) {
        const step = effect.kind === 'publish' ? String(effect.event.sequence) : effect.kind;
        lanes.set(effect.lane, [...(lanes.get(effect.lane) ?? []), step]);
      }
      for (const steps of lanes.values())
        expect([
          ['dial', 'hangup'],
          ['1', '2'],
        ]).toContainEqual(steps);
      expect(lanes.size).toBe(TREES * 3);
    }

    it('lose nothing, take nothing twice and keep every lane in order', async () => {
      const filled = Promise.all([0, 1, 2, 3].map(fill));
      await Promise.all([work(stage.mine, 0), work(stage.other, 0), filled]);
      expectAllOnceAndInOrder();
      expect(await stage.mine.outbox.stats(stage.now)).toEqual({ pending: 0, dead: 0, oldestAge: 0 });
    });

    it('take over what others have left behind, once the lease is over and not before', async () => {
      await Promise.all([0, 1, 2, 3].map(fill));
      const everyThird = (lane: number) => lane % 3 === 2;
      const left = await Promise.all([work(stage.mine, 0, everyThird), work(stage.other, 0, everyThird)]);
      expect(Math.min(...left)).toBeGreaterThan(0);
      busy.clear();
      expect((await stage.mine.outbox.stats(stage.now)).pending).toBe(left[0] + left[1]);
      expect(await claimAt(stage, LEASE - 1)).toEqual([]);
      await Promise.all([work(stage.mine, LEASE), work(stage.other, LEASE)]);
      expectAllOnceAndInOrder();
    });
  });
}

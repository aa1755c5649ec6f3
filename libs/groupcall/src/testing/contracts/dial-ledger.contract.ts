/// <reference types="jest" />
import type { DialAttempt, DialWindow } from '../../ports/dial-ledger.port.js';
import { uuidOf } from '../scenario/index.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { CUSTOMER, StorageStage, STRANGER } from './storage/storage-stage.js';

const MINUTE = 60_000;

/** What every {@link DialLedger} keeps. */
export function describeDialLedgerContract(
  name: string,
  makeEnvironment: () => Promise<StorageEnvironment>,
): void {
  describe(`${name} keeps the contract of a dial ledger:`, () => {
    const stage = new StorageStage(makeEnvironment);
    const dial = (leg: number, change: Partial<DialAttempt> = {}): DialAttempt => ({
      customerId: CUSTOMER,
      legId: uuidOf(`leg ${leg}`),
      number: '+15551230000',
      ...change,
    });
    const window = (most: number, length = MINUTE): DialWindow => ({ most, length });
    const ledgerOf = (index: number) => (index % 2 === 0 ? stage.mine : stage.other).dials;

    it('takes calls up to the limit, across processes, and says when there is room again', async () => {
      const { now } = stage;
      expect(await ledgerOf(0).take(dial(1), window(2), now)).toBe(0);
      expect(await ledgerOf(1).take(dial(2), window(2), now + 10_000)).toBe(0);
      expect(await ledgerOf(0).take(dial(3), window(2), now + 20_000)).toBe(40_000);
      expect(await ledgerOf(1).take(dial(3), window(2), now + 59_999)).toBe(1);
      expect(await ledgerOf(0).take(dial(3), window(2), now + 60_000)).toBe(0);
      expect(await ledgerOf(1).take(dial(4), window(2), now + 60_001)).toBe(9_999);
    });

    it('lets no window of that length hold more, wherever it begins', async () => {
      const taken: number[] = [];
      for (let at = 0, leg = 0; at < 5 * MINUTE; at += 4_000, leg += 1) {
        if ((await ledgerOf(leg).take(dial(leg), window(3), stage.now + at)) === 0) taken.push(at);
      }
      expect(taken.length).toBeGreaterThanOrEqual(13);
      for (const start of taken) {
        expect(taken.filter((at) => at >= start && at < start + MINUTE).length).toBeLessThanOrEqual(3);
      }
    });

    it('is exact when twenty ask at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const number = `+1555123000${round}`;
        const waits = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            ledgerOf(index).take(dial(index, { number }), window(7), stage.now),
          ),
        );
        expect(waits.filter((wait) => wait === 0)).toHaveLength(7);
      }
    });

    it('counts a leg once, however often it asks', async () => {
      for (let again = 0; again < 3; again += 1) {
        expect(await ledgerOf(again).take(dial(1), window(2), stage.now + again)).toBe(0);
      }
      expect(await ledgerOf(0).take(dial(2), window(2), stage.now + 3)).toBe(0);
      expect(await ledgerOf(1).take(dial(1), window(2), stage.now + 4)).toBe(0);
      expect(await ledgerOf(1).take(dial(3), window(2), stage.now + 5)).toBeGreaterThan(0);
    });

    it('keeps customers, numbers and the customer as a whole apart', async () => {
      expect(await ledgerOf(0).take(dial(1), window(1), stage.now)).toBe(0);
      expect(await ledgerOf(0).take(dial(2, { number: '+15551230001' }), window(1), stage.now)).toBe(0);
      expect(await ledgerOf(0).take(dial(3, { customerId: STRANGER }), window(1), stage.now)).toBe(0);
      expect(await ledgerOf(0).take(dial(4, { number: null }), window(1, 1_000), stage.now)).toBe(0);
      expect(await ledgerOf(1).take(dial(5, { number: null }), window(1, 1_000), stage.now + 400)).toBe(600);
    });

    it('forgets what is old, bit by bit, and nothing else', async () => {
      for (let leg = 0; leg < 5; leg += 1) {
        await ledgerOf(leg).take(dial(leg, { number: `+1555123000${leg}` }), window(1), stage.now + leg);
      }
      expect(await ledgerOf(0).forget(stage.now + 4, 3)).toBe(3);
      expect(await ledgerOf(1).forget(stage.now + 4, 3)).toBe(1);
      expect(await ledgerOf(0).forget(stage.now + 4, 3)).toBe(0);
      expect(
        await ledgerOf(0).take(dial(9, { number: '+15551230004' }), window(1), stage.now + 5),
      ).toBeGreaterThan(0);
    });
  });
}

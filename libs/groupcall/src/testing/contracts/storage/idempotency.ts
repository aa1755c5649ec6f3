/// <reference types="jest" />
import { CUSTOMER, NO_LIMITS, rootId, STRANGER, type StorageStage } from './storage-stage.js';

/** One groupcall per idempotency key, for ever and in every process. */
export function itKeepsIdempotencyKeys(stage: StorageStage): void {
  describe('an idempotency key', () => {
    const idempotency = { key: 'key-1', fingerprint: 'f' };

    it('belongs to the first tree of the customer that brings it', async () => {
      await stage.created('a', ['anna'], { idempotency });
      const second = stage.newTree('b', ['anna'], { idempotency: { ...idempotency, fingerprint: 'other' } });
      expect(await stage.other.store.commit([second], NO_LIMITS)).toEqual(['duplicate_key']);
      expect(await stage.other.store.load(rootId('b'))).toBeNull();
      expect(await stage.other.store.findByIdempotencyKey(CUSTOMER, 'key-1')).toEqual({
        rootId: rootId('a'),
        fingerprint: 'f',
      });
    });

    it('belongs to exactly one of those that bring it at the same moment; who else is in the group gets on', async () => {
      for (let round = 0; round < 10; round += 1) {
        const record = { key: `round ${round}`, fingerprint: 'f' };
        const outcomes = await Promise.all(
          [0, 1, 2, 3].map((index) =>
            stage
              .storeOf(index)
              .commit(
                [
                  stage.newTree(`with ${round}/${index}`, ['anna'], { idempotency: record }),
                  stage.newTree(`without ${round}/${index}`, ['anna']),
                ],
                NO_LIMITS,
              ),
          ),
        );
        expect(outcomes.map(([, without]) => without)).toEqual(Array(4).fill('committed'));
        const withKey = outcomes.map(([outcome]) => outcome);
        expect([...withKey].sort()).toEqual(['committed', ...Array<string>(3).fill('duplicate_key')]);
        const winner = rootId(`with ${round}/${withKey.indexOf('committed')}`);
        expect(await stage.mine.store.findByIdempotencyKey(CUSTOMER, record.key)).toMatchObject({
          rootId: winner,
        });
      }
    });

    it('is free for other customers', async () => {
      await stage.created('a', ['anna'], { idempotency });
      await stage.created('b', ['anna'], { idempotency, customerId: STRANGER });
      expect(await stage.mine.store.findByIdempotencyKey(STRANGER, 'key-1')).toMatchObject({
        rootId: rootId('b'),
      });
    });

    it('is itself, not one that looks alike', async () => {
      const keys = ['key', 'KEY', 'kéy', 'key ', ' key', 'k%y', '🔑', 'x'.repeat(255)];
      for (const [index, key] of keys.entries())
        await stage.created(`${index}`, ['anna'], { idempotency: { key, fingerprint: String(index) } });
      for (const [index, key] of keys.entries())
        expect(await stage.other.store.findByIdempotencyKey(CUSTOMER, key)).toEqual({
          rootId: rootId(`${index}`),
          fingerprint: String(index),
        });
    });

    it('is not taken by a turn that was not stored', async () => {
      const turn = stage.newTree('a', ['anna', 'bob'], { idempotency });
      expect(await stage.mine.store.commit([turn], { ...NO_LIMITS, liveLegs: 1 })).toEqual(['over_limit']);
      expect(await stage.mine.store.findByIdempotencyKey(CUSTOMER, 'key-1')).toBeNull();
      await stage.created('a', ['anna'], { idempotency });
    });
  });
}

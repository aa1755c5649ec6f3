import { describeGroupcallStoreContract } from '../../testing/contracts/groupcall-store.contract.js';
import { inMemoryStorage } from '../../testing/contracts/storage/in-memory-storage.js';
import { rootId, StorageStage } from '../../testing/contracts/storage/storage-stage.js';

describeGroupcallStoreContract('InMemoryGroupcallStore', inMemoryStorage);

describe('InMemoryGroupcallStore', () => {
  const stage = new StorageStage(inMemoryStorage);

  it('shares nothing with what a caller holds', async () => {
    const committed = await stage.created('a');
    (committed.groupcalls as Map<string, unknown>).clear();
    const loaded = (await stage.mine.store.load(rootId('a')))!;
    expect(loaded.groupcalls.size).toBe(1);
    (loaded.legs as Map<string, unknown>).clear();
    expect((await stage.mine.store.load(rootId('a')))!.legs.size).toBe(1);
  });
});

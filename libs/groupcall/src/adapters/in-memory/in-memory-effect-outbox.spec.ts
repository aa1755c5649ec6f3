import { describeEffectOutboxContract } from '../../testing/contracts/effect-outbox.contract.js';
import { inMemoryStorage } from '../../testing/contracts/storage/in-memory-storage.js';

describeEffectOutboxContract('InMemoryEffectOutbox', inMemoryStorage);

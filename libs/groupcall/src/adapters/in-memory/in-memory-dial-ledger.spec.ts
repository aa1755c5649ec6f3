import { describeDialLedgerContract } from '../../testing/contracts/dial-ledger.contract.js';
import { inMemoryStorage } from '../../testing/contracts/storage/in-memory-storage.js';

describeDialLedgerContract('InMemoryDialLedger', inMemoryStorage);

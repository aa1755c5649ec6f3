import { describeGroupcallReaderContract } from '../../testing/contracts/groupcall-reader.contract.js';
import { inMemoryStorage } from '../../testing/contracts/storage/in-memory-storage.js';

describeGroupcallReaderContract('InMemoryGroupcallReader', inMemoryStorage);

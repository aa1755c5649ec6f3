import { describeGroupcallArchiveContract } from '../../testing/contracts/groupcall-archive.contract.js';
import { inMemoryStorage } from '../../testing/contracts/storage/in-memory-storage.js';

describeGroupcallArchiveContract('InMemoryGroupcallArchive', inMemoryStorage);

import { describeEffectOutboxContract } from '../../libs/groupcall/src/testing/contracts/effect-outbox.contract.js';
import { describeGroupcallReaderContract } from '../../libs/groupcall/src/testing/contracts/groupcall-reader.contract.js';
import { describeGroupcallStoreContract } from '../../libs/groupcall/src/testing/contracts/groupcall-store.contract.js';
import { describeLegAuditContract } from '../../libs/groupcall/src/testing/contracts/leg-audit.contract.js';
import { PostgresStorage } from './storage/postgres-storage.js';

let storage: PostgresStorage;

beforeAll(async () => {
  storage = await PostgresStorage.create();
});
afterAll(() => storage.drop());

const environment = () => storage.environment();
describeGroupcallStoreContract('PostgresGroupcallStore', environment);
describeEffectOutboxContract('PostgresEffectOutbox', environment);
describeGroupcallReaderContract('TypeOrmGroupcallReader on PostgreSQL', environment);
describeLegAuditContract('PostgresLegAudit', environment);

import { describeDialLedgerContract } from '../../../libs/groupcall/src/testing/contracts/dial-ledger.contract.js';
import { describeEffectOutboxContract } from '../../../libs/groupcall/src/testing/contracts/effect-outbox.contract.js';
import { describeGroupcallArchiveContract } from '../../../libs/groupcall/src/testing/contracts/groupcall-archive.contract.js';
import { describeGroupcallReaderContract } from '../../../libs/groupcall/src/testing/contracts/groupcall-reader.contract.js';
import { describeGroupcallStoreContract } from '../../../libs/groupcall/src/testing/contracts/groupcall-store.contract.js';
import { describeLegAuditContract } from '../../../libs/groupcall/src/testing/contracts/leg-audit.contract.js';
import type { TwoProcesses } from './two-processes.js';

/** All contracts of the storage ports, on one database. */
export function describeStorageContracts(database: string, open: () => Promise<TwoProcesses>): void {
  describe(`On ${database}:`, () => {
    let processes: TwoProcesses;
    beforeAll(async () => {
      processes = await open();
    });
    afterAll(() => processes.drop());

    const environment = () => processes.environment();
    describeGroupcallStoreContract('the store', environment);
    describeEffectOutboxContract('the outbox', environment);
    describeGroupcallReaderContract('the reader', environment);
    describeLegAuditContract('the leg audit', environment);
    describeDialLedgerContract('the dial ledger', environment);
    describeGroupcallArchiveContract('the archive', environment);
  });
}

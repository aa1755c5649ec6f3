import { describeLegAuditContract } from '../../testing/contracts/leg-audit.contract.js';
import { inMemoryStorage } from '../../testing/contracts/storage/in-memory-storage.js';

describeLegAuditContract('InMemoryLegAudit', inMemoryStorage);

import { describeWithMariaDb } from '../support/servers.js';
import { describeStorageContracts } from './storage/contracts.js';
import { processesOnMariaDb } from './storage/sources.js';

describeWithMariaDb('Storage', () => describeStorageContracts('MariaDB', processesOnMariaDb));

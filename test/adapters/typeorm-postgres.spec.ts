import { describeStorageContracts } from './storage/contracts.js';
import { processesOnPostgres } from './storage/sources.js';

describeStorageContracts('PostgreSQL', processesOnPostgres);

import { CreateSimulatedCall1760000000100 } from './migrations/create-simulated-call.migration.js';
import { SimulatedCall } from './simulated-call.entity.js';

/** For the host's DataSource. */
export const SIMULATOR_ENTITIES = [SimulatedCall];
export const SIMULATOR_MIGRATIONS = [CreateSimulatedCall1760000000100];

export { FarEnd } from './far-end.js';
export { readReason } from './read-reason.js';
export { SIMULATOR_ENTITIES, SIMULATOR_MIGRATIONS } from './persistence.js';
export { SimulatedCallGateway } from './simulated-call-gateway.js';
export { SimulatorModule } from './simulator.module.js';
export { SimulatorTicker } from './simulator-ticker.js';
export { SimulatorWorker } from './simulator-worker.js';

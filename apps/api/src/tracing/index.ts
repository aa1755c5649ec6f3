export { startTracing, type StopTracing } from './start-tracing.js';

export { agent, extension, group, line, phone, uuidOf } from './destinations.js';
export { ROOT } from './names.js';
export type { Expected } from './observe.js';
export { given, Scenario, type Outcome } from './scenario.js';
export * from './steps.js';

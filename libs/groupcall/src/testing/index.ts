// The testing kit, a second entry point of the package: rules told as stories, and every port in memory with virtual time.
export * from './scenario/index.js';
export * from '../adapters/in-memory/index.js';
export * from './contracts/call-gateway.contract.js';

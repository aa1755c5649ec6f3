// The testing kit, a second entry point of the package: rules told as stories, and every port in memory with virtual time.
export * from './scenario/index.js';
export * from '../adapters/in-memory/index.js';
export * from './contracts/call-gateway.contract.js';
export {
  GroupcallTestKit,
  TEST_CUSTOMER,
  type CommandExecutor,
  type TestKitOptions,
} from './kit/groupcall-test-kit.js';
export * from './kit/phone.js';
export { ScriptedGateway, type CallNews, type PlacedCall } from './kit/scripted-gateway.js';
export { TestDirectory } from './kit/test-directory.js';

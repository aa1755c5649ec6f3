// `npm test`: all tests from a fresh clone. What follows `--` goes to jest: `npm test -- libs/address`.
import { handOver } from './hand-over.mjs';
import { prepare } from './prepare.mjs';

// The end-to-end tests run the built server.
await prepare();
// Every suite loads all modules anew, most of which is garbage soon: with more room for it, less is copied (jest hands the
// option on to its workers).
handOver(['--max-semi-space-size=64', 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)]);

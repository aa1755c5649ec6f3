// `npm test`: all tests from a fresh clone. What follows `--` goes to jest: `npm test -- libs/address`.
import { handOver } from './hand-over.mjs';
import { prepare } from './prepare.mjs';

// The end-to-end tests run the built server.
await prepare();
handOver(['node_modules/jest/bin/jest.js', ...process.argv.slice(2)]);

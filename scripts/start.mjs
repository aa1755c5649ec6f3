// `npm start`: from a fresh clone to a running server, with nothing but Node.
import { handOver } from './hand-over.mjs';
import { prepare } from './prepare.mjs';

await prepare();
handOver(['apps/api/dist/main.js', ...process.argv.slice(2)]);

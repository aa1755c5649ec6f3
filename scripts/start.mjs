// `npm start`: from a fresh clone to a running server, with nothing but Node.
import { handOver } from './hand-over.mjs';
import { prepare } from './prepare.mjs';

await prepare();
// Room for what lives only as long as one groupcall: a seventh less CPU time for garbage (docs/scaling.md).
handOver(['--max-semi-space-size=64', 'apps/api/dist/main.js', ...process.argv.slice(2)]);

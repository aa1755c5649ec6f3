// A process of its own around the embedded PostgreSQL, for tests that kill it: prints one line of JSON when the database runs,
// or when it does not, and stops it on SIGTERM.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
const { startEmbeddedPostgres } = await import('../../apps/api/src/embedded/index.ts');

try {
  const settings = { fsync: 'off' };
  const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2], log: () => undefined, settings });
  process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)));
  setInterval(() => undefined, 60_000);
  console.log(JSON.stringify({ url: postgres.url, port: postgres.port, adopted: postgres.adopted }));
} catch (error) {
  console.log(JSON.stringify({ failed: error.message }));
  process.exitCode = 1;
}

// Runs once before the tests that need servers: decides which are there, and starts a PostgreSQL if none was named.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
const { provideServers } = await import('./provide-servers.ts');

export default async function globalSetup() {
  globalThis.releaseServers = await provideServers();
}

// Runs once before the tests that need servers: decides which are there, starts a PostgreSQL if none was named,
// and sees to it that there is a console to look at.
import { register } from 'node:module';
import { buildConsoleIfStale } from './build-console.mjs';

register('./typescript-hooks.mjs', import.meta.url);
const { provideServers } = await import('./provide-servers.ts');

export default async function globalSetup() {
  await buildConsoleIfStale();
  globalThis.releaseServers = await provideServers();
}

// These two first: CommonJS plugins of Nest otherwise meet its modules half loaded on some Node versions.
import '@nestjs/core';
import '@nestjs/bullmq';
import 'reflect-metadata';
import { resolveSettings } from './app.config.js';
import { banner } from './boot/banner.js';
import { closeOnSignal } from './boot/signals.js';
import { sayReady, startLog } from './boot/start-log.js';
import { SettingsError } from './config/settings.error.js';
import { createApp } from './create-app.js';
import { EmbeddedPostgresError } from './embedded/index.js';
import { startTracing } from './tracing/index.js';

/** How long open connections may bring a last request each when the server is stopped, ms. */
const LAST_REQUESTS = 1_000;

const log = startLog(process.env);

// Whoever read our lines may go away (a closed pipe); the server stays.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

async function main(): Promise<void> {
  const settings = resolveSettings(process.env);
  const stopTracing = await startTracing(process.env, log);
  const starting = createApp(settings, { log });
  // A signal during the start waits for it: what is half started cannot be stopped in order.
  closeOnSignal(async () => {
    await (await starting).close(LAST_REQUESTS);
    await stopTracing();
  }, log);
  const { url } = await starting;
  sayReady(process.env, url, await banner(url, settings));
}

main().catch((error: unknown) => {
  const isForPeople = error instanceof SettingsError || error instanceof EmbeddedPostgresError;
  log(
    isForPeople || !(error instanceof Error)
      ? String((error as Error).message ?? error)
      : String(error.stack),
    'error',
  );
  process.exit(1);
});

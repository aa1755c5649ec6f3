import { once } from 'node:events';
import type { Server } from 'node:http';
import { ConsoleLogger, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { endpointOf } from './endpoint.js';
import { Failpoints, type Instruction } from './failpoints.js';
import { HostModule, type HostSettings } from './host.module.js';
import type { FromServer, Health, ToServer } from './messages.js';
import { installSqlFailpoints, poolOf } from './pool.js';

// A server under test. It loads its code, says so, and waits for its settings: a spare one starts in a fraction of a second.
const points = new Failpoints(({ point, action }) => say({ type: 'hit', point, action }));
let app: INestApplicationContext | undefined;
let http: Server | undefined;

/** So many commits make a life useful. */
const USEFUL = 3;
let commits = 0;

function countCommit(): void {
  commits += 1;
  if (commits === USEFUL) say({ type: 'useful' });
}

function say(message: FromServer): void {
  process.send?.(message);
}

/** What must never happen, whatever fails around us; the laboratory reads our log. */
process.on('unhandledRejection', (reason) =>
  process.stderr.write(`FAULT unhandled rejection: ${String(reason)}\n`),
);
process.on('warning', (warning) => {
  if (warning.name === 'MaxListenersExceededWarning')
    process.stderr.write(`FAULT ${warning.name}: ${warning.message}\n`);
});

async function start(settings: HostSettings): Promise<void> {
  const logger = new ConsoleLogger({ colors: false, logLevels: ['warn', 'error', 'fatal'] });
  app = await NestFactory.createApplicationContext(HostModule.forRoot(settings, points, countCommit), {
    logger,
    abortOnError: false,
  });
  installSqlFailpoints(app.get(DataSource), points);
  http = endpointOf(app, points);
  http.listen(settings.port, '127.0.0.1');
  await once(http, 'listening');
  say({ type: 'ready' });
}

/** As an operator would end it: no new requests, then the engine's own shutdown. */
async function stop(): Promise<void> {
  http?.close();
  http?.closeIdleConnections();
  await app?.close();
  process.exit(0);
}

function health(): Health {
  const pool = app ? poolOf(app.get(DataSource)) : { total: 0, idle: 0, waiting: 0 };
  return {
    poolTotal: pool.total,
    poolIdle: pool.idle,
    poolWaiting: pool.waiting,
    rss: process.memoryUsage.rss(),
  };
}

function fail(error: unknown): void {
  process.stderr.write(`cannot go on: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

process.on('message', (message: ToServer) => {
  switch (message.type) {
    case 'start':
      return void start(message.settings).catch(fail);
    case 'arm':
      return points.arm(message.instruction satisfies Instruction);
    case 'disarm':
      return points.disarm();
    case 'health':
      return say({ type: 'health', health: health() });
    case 'stop':
      return void stop().catch(fail);
  }
});
process.on('disconnect', () => process.exit(0));
say({ type: 'loaded' });

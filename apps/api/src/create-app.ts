import type { AddressInfo } from 'node:net';
import { BullmqAlarmClock } from '@groupcall/groupcall';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { adminRouter } from './admin/admin-router.js';
import { AdminSessions } from './admin/admin-session.js';
import { LoginAttempts } from './admin/login-attempts.js';
import { queueDashboard } from './admin/queue-dashboard.js';
import type { Settings } from './app.config.js';
import { AppModule, type EngineOptions } from './app.module.js';
import { AccessTokens } from './auth/index.js';
import { prepareDatabase } from './boot/prepare-database.js';
import { closeGracefully } from './boot/close-gracefully.js';
import { provideDatabase } from './boot/provide-database.js';
import { SettingsError } from './config/settings.error.js';
import { AppLogger } from './http/app-logger.js';
import { refuseForbiddenParameters } from './http/forbidden-keys.js';
import { jsonBody } from './http/json-body.js';
import { serveDocs } from './http/openapi.js';
import { requestId } from './http/request-id.js';
import { securityHeaders } from './http/security-headers.js';

export interface AppOverrides extends EngineOptions {
  /** Receives short progress lines; missing: nobody does. */
  readonly log?: (line: string) => void;
  /** Missing: the console, by `LOG_LEVEL`; false: nothing. */
  readonly logger?: LoggerService | false;
}

/** A server that answers. */
export interface RunningApp {
  readonly app: NestExpressApplication;
  /** Without a slash at the end. */
  readonly url: string;
  readonly databaseUrl: string;
  /** Stops listening, finishes what is under way and stops the embedded database; twice is the same as once. */
  close(): Promise<void>;
}

/**
 * Starts the whole server: database, tables, queue, HTTP. What was started is stopped again when a later part fails.
 * @throws SettingsError, one sentence, when the settings cannot work here
 */
export async function createApp(settings: Settings, overrides: AppOverrides = {}): Promise<RunningApp> {
  const { log = () => undefined, logger = new AppLogger(settings.logLevel), timings, workers } = overrides;
  const database = await provideDatabase(settings, log);
  try {
    log('bringing the tables up to date');
    await prepareDatabase(database.url);
    log(`the alarm queue is in ${settings.redisUrl ? 'Redis' : 'the database'}`);
    const module = AppModule.forRoot({ ...settings, databaseUrl: database.url }, { timings, workers });
    const app = await NestFactory.create<NestExpressApplication>(module, {
      bodyParser: false,
      logger,
      abortOnError: false,
    });
    try {
      mount(app, settings);
      await listen(app, settings);
    } catch (error) {
      await app.close();
      throw error;
    }
    let closing: Promise<void> | undefined;
    const close = async () => {
      await closeGracefully(app);
      await database.stop();
    };
    return {
      app,
      url: urlOf(app, settings.host),
      databaseUrl: database.url,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Everything in front of Nest's routes, in this order. */
function mount(app: NestExpressApplication, settings: Settings): void {
  const alarms = app.get(BullmqAlarmClock);
  let dashboard: RequestHandler | undefined;
  app.use(requestId, securityHeaders(settings.production));
  app.use(
    '/admin',
    adminRouter({
      sessions: new AdminSessions(settings.tokens.secret, settings.adminPassword),
      attempts: new LoginAttempts(),
      tokens: app.get(AccessTokens),
      dashboard: () => (dashboard ??= queueDashboard('/admin/queues', [alarms.queue])),
      secure: settings.production,
    }),
  );
  app.use(
    refuseForbiddenParameters,
    ...jsonBody({ bytes: settings.bodyLimit, depth: settings.limits.depth }),
  );
  serveDocs(app);
}

async function listen(app: NestExpressApplication, { host, port }: Settings): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new SettingsError(`Port ${port} of ${host} is taken: set PORT to another one, or to 0 for any.`);
    if (code === 'EACCES')
      throw new SettingsError(`Port ${port} may not be used by this user: set PORT to one above 1023.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new SettingsError(`HOST is no address of this machine.`);
    throw error;
  }
}

function urlOf(app: NestExpressApplication, host: string): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

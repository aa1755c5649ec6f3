import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GroupcallQueues } from '@groupcall/groupcall';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Application, RequestHandler, Response } from 'express';
import { DataSource } from 'typeorm';
import { adminRouter } from './admin/admin-router.js';
import { AdminSessions } from './admin/admin-session.js';
import { LoginAttempts } from './admin/login-attempts.js';
import { queueDashboard } from './admin/queue-dashboard.js';
import type { Settings } from './app.config.js';
import { AppModule, type EngineOptions } from './app.module.js';
import { AccessTokens } from './auth/index.js';
import { checkTimeLimits } from './boot/check-time-limits.js';
import { closeGracefully } from './boot/close-gracefully.js';
import { prepareDatabase } from './boot/prepare-database.js';
import { provideDatabase } from './boot/provide-database.js';
import { SettingsError } from './config/settings.error.js';
import { consoleApi } from './console/console-api.js';
import { consolePage } from './console/console-page.js';
import { consoleParts } from './console/console-parts.js';
import { CreateShortWay } from './groupcalls/create-short-way.js';
import { HealthController } from './health/health.controller.js';
import { AppLogger } from './http/app-logger.js';
import { refuseForbiddenParameters } from './http/forbidden-keys.js';
import { jsonBody } from './http/json-body.js';
import { writeJsonAtOnce } from './http/json-reply.js';
import { serveDocs } from './http/openapi.js';
import { requestDeadline } from './http/request-deadline.js';
import { requestId } from './http/request-id.js';
import { securityHeaders, securityHeadersOf } from './http/security-headers.js';

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
  /**
   * Stops listening, finishes what is under way and stops the embedded database; twice is the same as once.
   * @param lastRequests how long open connections may still bring one request each, ms; missing: idle ones are closed at once
   */
  close(lastRequests?: number): Promise<void>;
}

/**
 * Starts the whole server: database, tables, queue, HTTP. What was started is stopped again when a later part fails.
 * @throws SettingsError, one sentence, when the settings cannot work here
 */
export async function createApp(settings: Settings, overrides: AppOverrides = {}): Promise<RunningApp> {
  const {
    log = () => undefined,
    logger = new AppLogger(settings.logLevel, settings.logFormat),
    ...engine
  } = overrides;
  const database = await provideDatabase(settings, log);
  try {
    log('bringing the tables up to date');
    await prepareDatabase(database.url);
    if (settings.production && settings.callGateway === 'simulated')
      log('ALLOW_SIMULATED_CALLS: the phones are simulated, nobody is called');
    log(`the alarm queue is in ${settings.redisUrl ? 'Redis' : 'the database'}`);
    const module = AppModule.forRoot({ ...settings, databaseUrl: database.url }, engine);
    const app = await NestFactory.create<NestExpressApplication>(module, {
      bodyParser: false,
      logger,
      abortOnError: false,
    });
    try {
      await checkTimeLimits(app.get(DataSource));
      mount(app, settings);
      await listen(app, settings);
    } catch (error) {
      await app.close();
      throw error;
    }
    let closing: Promise<void> | undefined;
    const close = async (lastRequests: number) => {
      app.get(HealthController).end();
      await closeGracefully(app, lastRequests);
      await database.stop();
    };
    return {
      app,
      url: urlOf(app, settings.host),
      databaseUrl: database.url,
      close: (lastRequests = 0) => (closing ??= close(lastRequests)),
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/**
 * How long an idle connection stays open, ms: longer than a proxy keeps it for its next request (nginx 60 s, load balancers
 * alike). Closed here first, a POST that is just coming would be answered 502 there, and nobody would know whether it rang.
 */
const IDLE_CONNECTION = 75_000;

/** Everything in front of Nest's routes, in this order. */
function mount(app: NestExpressApplication, settings: Settings): void {
  const queues = app.get(GroupcallQueues);
  let dashboard: RequestHandler | undefined;
  // What is answered is a moment's state: comparing it by a hash of every reply is not worth the hashes.
  app.set('etag', false).disable('x-powered-by');
  app.set('trust proxy', [...settings.trustedProxies]);
  writeJsonAtOnce(app.getHttpAdapter().getInstance() as Application & { response: Response });
  app.use(requestId, securityHeaders(settings.production));
  app.use(
    '/admin',
    adminRouter({
      sessions: new AdminSessions(settings.tokens.secret, settings.adminPassword),
      attempts: new LoginAttempts(),
      tokens: app.get(AccessTokens),
      dashboard: () => (dashboard ??= queueDashboard('/admin/queues', queues.all)),
      page: consolePage(),
      api: (endOf) => consoleApi(consoleParts(app, settings.callGateway === 'simulated'), endOf),
      secure: settings.production,
    }),
  );
  const limits = { bytes: settings.bodyLimit, depth: settings.limits.depth };
  app.use(refuseForbiddenParameters, ...jsonBody(limits), requestDeadline);
  serveDocs(app);
  const shortWay = new CreateShortWay({
    tokens: app.get(AccessTokens),
    commands: app.get(CommandBus),
    limits,
    headers: securityHeadersOf(settings.production),
  });
  askFirst(app.getHttpServer(), (request, response) => shortWay.take(request, response));
}

/** Express gets what `take` leaves alone. */
function askFirst(
  server: Server,
  take: (request: IncomingMessage, response: ServerResponse) => boolean,
): void {
  const [express] = server.listeners('request') as RequestListener[];
  server.removeListener('request', express).on('request', (request, response) => {
    if (!take(request, response)) express(request, response);
  });
}

async function listen(app: NestExpressApplication, { host, port }: Settings): Promise<void> {
  // Headers that come at the last moment still count.
  Object.assign(app.getHttpServer(), {
    keepAliveTimeout: IDLE_CONNECTION,
    headersTimeout: IDLE_CONNECTION + 5_000,
  });
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

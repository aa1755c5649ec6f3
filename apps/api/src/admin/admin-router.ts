import express, {
  Router,
  type CookieOptions,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { authenticate, type AccessTokens, type Caller } from '../auth/index.js';
import { ApiError } from '../http/api-error.js';
import { sendError } from '../http/error.filter.js';
import { loginPage, logoutPage, pageAfterLogin } from './admin-pages.js';
import { SESSION_LIFETIME, type AdminSessions } from './admin-session.js';
import type { LoginAttempts } from './login-attempts.js';
import { LOGIN_SCRIPT, LOGIN_STYLE } from './login-style.js';
import { isSameSite } from './same-site.js';
import { strictPolicy } from './strict-policy.js';

const COOKIE = 'groupcall_admin';

export interface AdminParts {
  readonly sessions: AdminSessions;
  readonly attempts: LoginAttempts;
  readonly tokens: AccessTokens;
  /** The dashboard; asked for when somebody who may see it comes. */
  readonly dashboard: () => RequestHandler;
  /** The console's page. */
  readonly page: RequestHandler;
  /** The console's API. @param endOf when the login of a request ends, epoch ms; 0 = it is over */
  readonly api: (endOf: (request: Request) => number) => RequestHandler;
  /** The cookie goes over TLS only. */
  readonly secure: boolean;
}

/**
 * Everything below `/admin`: Nest's guards do not reach what is mounted here, so this router has its own door.
 * People log in with a form; programs may come with the token of a platform administrator.
 */
export function adminRouter(parts: AdminParts): Router {
  const { sessions, attempts, tokens, dashboard, secure } = parts;
  const cookie: CookieOptions = { httpOnly: true, sameSite: 'strict', path: '/admin', secure };
  const tokenEnds = new WeakMap<Request, number>();
  const endOf = (request: Request) =>
    Math.max(sessions.endOf(sessionOf(request)), tokenEnds.get(request) ?? 0);
  const router = Router();
  router.use((request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    if (isSameSite(request)) return next();
    next(new ApiError('PERMISSION_DENIED', 'This request comes from another site.'));
  });
  router.get('/login.css', (_request, response) => void response.type('css').send(LOGIN_STYLE));
  router.get('/login.js', (_request, response) => void response.type('js').send(LOGIN_SCRIPT));
  router.use(['/login', '/logout'], strictPolicy);
  router.get('/login', (request, response) => {
    const next = pageAfterLogin(request.query.next);
    if (sessions.isValid(sessionOf(request))) return response.redirect(303, next);
    response.type('html').send(loginPage(next));
  });
  router.post('/login', express.urlencoded({ extended: false, limit: '4kb' }), (request, response) => {
    const address = request.ip ?? '';
    const { user, password, next: wanted } = (request.body ?? {}) as Record<string, unknown>;
    const next = pageAfterLogin(wanted);
    const wait = attempts.waitOf(address);
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1_000);
      response.set('Retry-After', String(seconds));
      return void response
        .status(429)
        .type('html')
        .send(loginPage(next, `Too many attempts. Try again in ${seconds} seconds.`));
    }
    if (!sessions.isLogin(user, password)) {
      attempts.failed(address);
      return void response.status(401).type('html').send(loginPage(next, 'User or password is wrong.'));
    }
    attempts.succeeded(address);
    response.cookie(COOKIE, sessions.begin(), { ...cookie, maxAge: SESSION_LIFETIME }).redirect(303, next);
  });
  router.use(async (request, response, next) => {
    if (sessions.isValid(sessionOf(request))) return next();
    const caller = await adminOf(tokens, request);
    if (!caller) return refuse(request, response);
    tokenEnds.set(request, caller.expiresAt);
    next();
  });
  router.get('/logout', (_request, response) => void response.type('html').send(logoutPage()));
  router.post('/logout', (request, response) => {
    sessions.end(sessionOf(request));
    response.clearCookie(COOKIE, cookie).redirect(303, '/admin/login');
  });
  router.get('/', (_request, response) => response.redirect(303, '/admin/groupcalls'));
  router.use('/groupcalls', parts.page);
  router.use('/api', parts.api(endOf));
  router.use('/queues', (request, response, next) => dashboard()(request, response, next));
  router.use((_request, _response, next) => next(new ApiError('NOT_FOUND', 'There is no such page.')));
  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    sendError(httpError(error), request, response),
  );
  return router;
}

function sessionOf(request: Request): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
}

async function adminOf(tokens: AccessTokens, request: Request): Promise<Caller | undefined> {
  if (!request.headers.authorization) return undefined;
  const caller = await authenticate(tokens, request.headers.authorization).catch(() => undefined);
  return caller?.role === 'platform_admin' ? caller : undefined;
}

/** A person gets the form, a program the error; both with 401. */
function refuse(request: Request, response: Response): void {
  if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html') {
    return strictPolicy(request, response, () => {
      response
        .status(401)
        .type('html')
        .send(loginPage(pageAfterLogin(request.originalUrl.split('?', 1)[0])));
    });
  }
  sendError(new ApiError('UNAUTHENTICATED', 'Log in at /admin/login first.'), request, response);
}

/** What the form parser refuses. */
function httpError(error: unknown): unknown {
  const { status } = (error ?? {}) as { status?: unknown };
  if (error instanceof ApiError || typeof status !== 'number' || status >= 500) return error;
  return status === 413
    ? new ApiError('PAYLOAD_TOO_LARGE', 'The form is too large.')
    : new ApiError('INVALID_ARGUMENT', 'The form cannot be read.');
}

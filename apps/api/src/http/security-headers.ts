import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Strict enough for an API, and lets the two pages work: swagger-ui and the queue dashboard bring inline styles and
 * data images, but no inline scripts.
 * @param production there the server is behind TLS, and browsers may remember that
 */
export function securityHeaders(production: boolean): RequestHandler {
  const headers = securityHeadersOf(production);
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** What helmet says is the same for every request: it is asked once, and not through twelve functions each time. */
export function securityHeadersOf(production: boolean): [string, string][] {
  const asked = helmetFor(production);
  const headers: [string, string][] = [];
  const response = {
    setHeader: (name: string, value: unknown) => headers.push([name, String(value)]),
    removeHeader: () => undefined,
  };
  let isDone = false;
  asked({} as IncomingMessage, response as unknown as ServerResponse, (error?: unknown) => {
    isDone = error === undefined;
  });
  if (!isDone) throw new Error('helmet has not said at once which headers it sets.');
  return headers;
}

function helmetFor(production: boolean) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // `no-referrer` would make browsers send `Origin: null` with our own forms, and they could not be told from foreign ones.
    referrerPolicy: { policy: 'same-origin' },
    // Browsers complain about these two on plain HTTP.
    crossOriginOpenerPolicy: production,
    originAgentCluster: production,
    strictTransportSecurity: production ? { maxAge: 15_552_000 } : false,
  });
}

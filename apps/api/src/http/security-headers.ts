import helmet from 'helmet';
import type { RequestHandler } from 'express';

/**
 * Strict enough for an API, and lets the two pages work: swagger-ui and the queue dashboard bring inline styles and
 * data images, but no inline scripts.
 * @param production there the server is behind TLS, and browsers may remember that
 */
export function securityHeaders(production: boolean): RequestHandler {
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

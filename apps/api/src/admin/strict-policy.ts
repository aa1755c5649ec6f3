import type { NextFunction, Request, Response } from 'express';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  // No text can become markup, whatever a script does with it.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** For our own pages: nothing inline, nothing from elsewhere. The queue dashboard and swagger-ui need the looser one. */
export function strictPolicy(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Content-Security-Policy', POLICY);
  next();
}

import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { handleRequest } from './request-context.js';

const HEADER = 'X-Request-Id';
const RECEIVED = HEADER.toLowerCase();

/** Gives every request an id, the sender's own if it is a harmless one, and echoes it; the log has it as well. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const sent = request.headers[RECEIVED];
  const id = typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
  response.setHeader(HEADER, id);
  handleRequest({ id, url: request.originalUrl }, next);
}

export function requestIdOf(response: Response): string {
  return String(response.getHeader(HEADER) ?? '');
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { handleRequest } from './request-context.js';

export const REQUEST_ID_HEADER = 'X-Request-Id';
const RECEIVED = REQUEST_ID_HEADER.toLowerCase();

/** Gives every request an id and echoes it; the log has it as well. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const id = newRequestId(request);
  response.setHeader(REQUEST_ID_HEADER, id);
  handleRequest({ id, url: request.originalUrl }, next);
}

/** The sender's own if it is a harmless one. */
export function newRequestId({ headers }: IncomingMessage): string {
  const sent = headers[RECEIVED];
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
}

export function requestIdOf(response: ServerResponse): string {
  return String(response.getHeader(REQUEST_ID_HEADER) ?? '');
}

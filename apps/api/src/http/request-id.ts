import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const HEADER = 'X-Request-Id';

/** Gives every request an id, the sender's own if it is a harmless one, and echoes it. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const sent = request.get(HEADER);
  response.setHeader(HEADER, sent && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID());
  next();
}

export function requestIdOf(response: Response): string {
  return String(response.getHeader(HEADER) ?? '');
}

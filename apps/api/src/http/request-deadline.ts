import type { ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { ApiError } from './api-error.js';
import { sendError } from './error.filter.js';

/** How long a request may take until its answer begins, ms: longer than any limit of the parts behind it. */
export const REQUEST_DEADLINE = 15_000;

export function requestDeadline(request: Request, response: Response, next: NextFunction): void {
  startDeadline(response, (error) => sendError(error, request, response));
  next();
}

/**
 * Nobody waits for ever for a part that hangs. What was asked for may still happen: a repetition is safe, with the same
 * idempotency key also for a new groupcall. Streams that have begun are left alone.
 */
export function startDeadline(response: ServerResponse, refuse: (error: ApiError) => void): void {
  const timer = setTimeout(() => {
    if (response.headersSent) return;
    const message = 'This takes too long. It may still happen: ask, or send it again.';
    refuse(new ApiError('UNAVAILABLE', message));
  }, REQUEST_DEADLINE);
  response.on('close', () => clearTimeout(timer));
}

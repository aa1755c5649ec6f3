import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { answerTo } from './error-envelope.js';
import { requestIdOf } from './request-id.js';

const logger = new Logger('Http');

/** The only place where an error becomes an answer. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(error, http.getRequest<Request>(), http.getResponse<Response>());
  }
}

/** For Nest and for middleware that answers by itself. */
export function sendError(error: unknown, request: Request, response: Response): void {
  // Answered when its time was over: nobody hears any more what became of it.
  if (response.writableEnded) return;
  const id = requestIdOf(response);
  const { status, headers, body, isFault } = answerTo(error, id);
  if (isFault)
    logger.error(`${request.method} ${request.path} → ${status} (request ${id}): ${textOf(error)}`);
  if (response.headersSent) {
    // A stream that has begun cannot become an error: cut it, so that the reader does not take it for complete.
    response.destroy();
    return;
  }
  // A route may have announced another type before it failed.
  response.status(status).set(headers).type('json').json(body);
}

/** Name, text and stack only: a failed query also carries its parameters. */
function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}

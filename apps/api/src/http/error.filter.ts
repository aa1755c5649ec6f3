import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { answerTo } from './error-envelope.js';
import { endWithText, JSON_TYPE } from './json-reply.js';
import { requestIdOf } from './request-id.js';

const logger = new Logger('Http');

/** The only place where an error becomes an answer. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(error, http.getRequest<IncomingMessage>(), http.getResponse<ServerResponse>());
  }
}

/** For Nest and for whatever answers by itself. */
export function sendError(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  // Answered when its time was over: nobody hears any more what became of it.
  if (response.writableEnded) return;
  const id = requestIdOf(response);
  const { status, headers, body, isFault } = answerTo(error, id);
  if (isFault)
    logger.error(`${request.method} ${pathOf(request)} → ${status} (request ${id}): ${textOf(error)}`);
  if (response.headersSent) {
    // A stream that has begun cannot become an error: cut it, so that the reader does not take it for complete.
    response.destroy();
    return;
  }
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // A route may have announced another type before it failed.
  response.setHeader('Content-Type', JSON_TYPE).setHeader('Content-Length', length);
  endWithText(response, text, length);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0];
}

/** Name, text and stack only: a failed query also carries its parameters. */
function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}

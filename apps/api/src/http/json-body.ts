import { AsyncResource } from 'node:async_hooks';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ApiError } from './api-error.js';
import { mostNesting, parseJson } from './parse-json.js';
import { isPlainBody, MOST_PLAIN, readPlainBody } from './plain-body.js';

export interface BodyLimits {
  /** 0 = no limit. */
  readonly bytes: number;
  /** Levels of nested groupcalls, 0 = no limit. */
  readonly depth: number;
}

/** Reads JSON bodies and nothing else: type, size, nesting and keys are checked before anybody sees them. */
export function jsonBody({ bytes, depth }: BodyLimits): RequestHandler[] {
  return [requireJson, readText(bytes), parse(mostNesting(depth))];
}

function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  const hasBody = chunked !== undefined || Number(length ?? 0) > 0;
  if (!hasBody || type?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json') return next();
  next(new ApiError('UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON: Content-Type: application/json.'));
}

function readText(bytes: number): RequestHandler {
  const most = Math.min(bytes || MOST_PLAIN, MOST_PLAIN);
  const parser = express.text({ type: () => true, limit: bytes || Infinity, defaultCharset: 'utf-8' });
  return (request, response, next) => {
    if (!isPlainBody(request.headers, most)) return void parser(request, response, next);
    const context = new AsyncResource('RequestBody');
    readPlainBody(request, (text) => {
      request.body = text;
      context.runInAsyncScope(next);
    });
  };
}

function parse(nesting: number): RequestHandler {
  return (request, _response, next) => {
    const text: unknown = request.body;
    request.body = undefined;
    if (typeof text !== 'string' || text === '') return next();
    try {
      request.body = parseJson(text, nesting);
    } catch (error) {
      return next(error);
    }
    next();
  };
}

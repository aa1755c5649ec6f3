import { AsyncResource } from 'node:async_hooks';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ApiError, badField } from './api-error.js';
import { findForbiddenKey } from './forbidden-keys.js';

/** More than any sensible request needs; nested groupcalls take two levels each. */
const MOST_NESTING = 64;

export interface BodyLimits {
  /** 0 = no limit. */
  readonly bytes: number;
  /** Levels of nested groupcalls, 0 = no limit. */
  readonly depth: number;
}

/** Reads JSON bodies and nothing else: type, size, nesting and keys are checked before anybody sees them. */
export function jsonBody({ bytes, depth }: BodyLimits): RequestHandler[] {
  const nesting = depth === 0 ? 1_000 : Math.max(MOST_NESTING, 2 * depth + 8);
  return [requireJson, readText(bytes), parse(nesting)];
}

function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  const hasBody = chunked !== undefined || Number(length ?? 0) > 0;
  if (!hasBody || type?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json') return next();
  next(new ApiError('UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON: Content-Type: application/json.'));
}

/** Longer ones, and those that are compressed or in another charset, are left to the body parser. */
const MOST_PLAIN = 64 * 1024;
const PLAIN_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

/** What nearly every body is costs a tenth this way: of known length, small, not compressed, UTF-8. */
function readText(bytes: number): RequestHandler {
  const most = Math.min(bytes || MOST_PLAIN, MOST_PLAIN);
  const parser = express.text({ type: () => true, limit: bytes || Infinity, defaultCharset: 'utf-8' });
  return (request, response, next) => {
    const {
      'content-type': type = '',
      'content-length': length,
      'content-encoding': coding,
    } = request.headers;
    const isPlain =
      coding === undefined && Number(length) > 0 && Number(length) <= most && PLAIN_TYPE.test(type);
    if (isPlain) readPlainText(request, next);
    else void parser(request, response, next);
  };
}

/** Of a request that is cut off nobody waits for an answer. */
function readPlainText(request: Request, next: NextFunction): void {
  const chunks: Buffer[] = [];
  // The events of a connection know nothing of the asynchronous context that belongs to the request.
  const context = new AsyncResource('RequestBody');
  const end = () => {
    const text = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString('utf8');
    request.body = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
    context.runInAsyncScope(next);
  };
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', end);
}

const BYTE_ORDER_MARK = 0xfeff;

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

/** @throws ApiError INVALID_ARGUMENT */
export function parseJson(text: string, nesting: number): unknown {
  if (nestsDeeperThan(text, nesting)) throw badField('body', `is nested deeper than ${nesting} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own text repeats what was sent.
    throw badField('body', 'is not valid JSON');
  }
  const path = findForbiddenKey(value);
  if (path !== undefined) throw badField(path, 'is not allowed as a key');
  return value;
}

/** Looks at brackets only, so that a bomb is never built up in memory. */
function nestsDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (inText) {
      if (character === '\\') i += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > most) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

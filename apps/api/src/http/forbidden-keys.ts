import type { NextFunction, Request, Response } from 'express';
import { badField } from './api-error.js';

/** Keys that reach into the machinery of whoever copies them. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Whether a JSON text has one of those words, as a key or not: nearly none has, and then nobody need look for its path. */
export function mayHaveForbiddenKey(json: string): boolean {
  // Behind a backslash a letter may be written as its number.
  return json.includes('\\') || json.includes('proto') || json.includes('constructor');
}

/** The path of the first such key, at any depth. */
export function findForbiddenKey(value: unknown, path = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const here = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    if (!Array.isArray(value) && FORBIDDEN_KEYS.includes(key)) return here;
    const found = findForbiddenKey(inner, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Express and the validation would drop such parameters silently. */
export function refuseForbiddenParameters(request: Request, _response: Response, next: NextFunction): void {
  // Express reads the query anew whenever it is asked for.
  const name = request.url.includes('?') ? findForbiddenKey(request.query) : undefined;
  next(name === undefined ? undefined : badField(name, 'is not known here'));
}

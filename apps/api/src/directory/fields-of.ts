import type { FieldProblem } from '@groupcall/groupcall';
import { badField } from '../http/api-error.js';
import { printable } from '../http/validation.js';

/** As many as a groupcall may have destinations (SPEC 7): more could not be rung anyway. */
export const MOST_ENTRIES = 100;

/** The fields of a JSON object that may have these and no others. */
export function fieldsOf(
  body: unknown,
  allowed: readonly string[],
  problems: FieldProblem[],
): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badField('body', `must be a JSON object with ${allowed.join(', ')}`);
  }
  problems.push(...unknownKeys(body, allowed, ''));
  return body as Record<string, unknown>;
}

export function unknownKeys(value: object, allowed: readonly string[], path: string): FieldProblem[] {
  const unknown = Object.keys(value).filter((key) => !allowed.includes(key));
  return unknown.map((key) => ({ field: `${path}${printable(key)}`, message: 'is not known here' }));
}

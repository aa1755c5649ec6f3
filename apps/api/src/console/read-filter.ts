import { RING_METHODS, UNANSWERED_REASONS } from '@groupcall/groupcall';
import { isUuid } from '@groupcall/shared';
import type { Request } from 'express';
import { badField } from '../http/api-error.js';
import { PHASES, type ConsoleFilter } from './console.resources.js';

const WORDS = {
  phase: ['live', ...PHASES],
  ring_method: RING_METHODS,
  hangup_reason: ['normal', 'cancel', ...UNANSWERED_REASONS],
} as const;

/** @throws ApiError INVALID_ARGUMENT that names the parameter */
export function readFilter(query: Request['query']): ConsoleFilter {
  const filter: Record<string, string> = {};
  for (const [name, words] of Object.entries<readonly string[]>(WORDS)) {
    const value = query[name] ?? '';
    if (value === '') continue;
    if (typeof value !== 'string' || !words.includes(value))
      throw badField(name, `must be one of ${words.join(', ')}`);
    filter[name] = value;
  }
  const customerId = readId(query, 'customer_id');
  if (customerId !== null) filter.customer_id = customerId;
  return filter;
}

/** A parameter that is a UUID, in lower case; null when it is missing or empty. */
export function readId(query: Request['query'], name: string): string | null {
  const value = query[name] ?? '';
  if (value === '') return null;
  if (!isUuid(value)) throw badField(name, 'must be a UUID');
  return value.toLowerCase();
}

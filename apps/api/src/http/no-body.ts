import { badField, badFields } from './api-error.js';
import { printable } from './validation.js';

/**
 * For requests that say everything in their path. An empty object is as good as nothing.
 * @throws ApiError INVALID_ARGUMENT: what would be ignored must not look as if it had been heard
 */
export function expectNoBody(body: unknown): void {
  if (body === undefined || body === null) return;
  if (typeof body !== 'object' || Array.isArray(body)) throw badField('body', 'is not expected here');
  const keys = Object.keys(body).slice(0, 50);
  if (keys.length > 0)
    throw badFields(keys.map((key) => ({ field: printable(key), message: 'is not known here' })));
}

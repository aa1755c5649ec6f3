import { isUuid } from '@groupcall/shared';

/** Deeper than anything that we put into a job. */
const DEEPEST = 8;

/**
 * What a job carries, for people who look at queues: its fields and ids, numbers and switches. Every other text may be
 * somebody's name or number and is hidden. In Bull Board: `adapter.setFormatter('data', idsOnly)`.
 */
export function idsOnly(value: unknown): unknown {
  return shown(value, 0);
}

function shown(value: unknown, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'string') return isUuid(value) ? value : '(hidden)';
  if (typeof value !== 'object' || depth === DEEPEST) return '(hidden)';
  if (Array.isArray(value)) return value.map((one) => shown(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, depth + 1)]));
}

import { createHash } from 'node:crypto';
import type { CreateGroupcallInput } from '../commands/create-groupcall/create-groupcall.command.js';

/** Equal for requests with the same content, whatever the order of their keys. The id and the key itself do not count. */
export function requestFingerprint(input: CreateGroupcallInput): string {
  const { id: _id, idempotencyKey: _key, ...content } = input;
  return createHash('sha256').update(canonical(content)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

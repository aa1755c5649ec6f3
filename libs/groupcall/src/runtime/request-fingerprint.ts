import { createHash } from 'node:crypto';
import type {
  CreateGroupcallInput,
  DestinationInput,
} from '../commands/create-groupcall/create-groupcall.command.js';
import { canonicalUuid } from '../domain/origin.js';

/**
 * Equal for requests with the same content, whatever the order of their keys and however their ids are written. The id
 * and the key itself do not count. A default spelt out is other content.
 * @param input a request that has been checked
 */
export function requestFingerprint(input: CreateGroupcallInput): string {
  const { id: _id, idempotencyKey: _key, ...content } = input;
  const same = {
    ...content,
    customerId: content.customerId.toLowerCase(),
    flowId: content.flowId?.toLowerCase(),
    masterCallId: content.masterCallId?.toLowerCase(),
    destinations: content.destinations.map(withCanonicalAgent),
  };
  return createHash('sha256').update(canonical(same)).digest('hex');
}

function withCanonicalAgent(destination: DestinationInput): DestinationInput {
  const { type, target, destinations } = destination;
  return {
    ...destination,
    ...(type === 'agent' && target ? { target: canonicalUuid(target) } : {}),
    ...(destinations ? { destinations: destinations.map(withCanonicalAgent) } : {}),
  };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

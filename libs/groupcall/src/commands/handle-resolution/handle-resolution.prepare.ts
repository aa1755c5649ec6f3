import { prepareAddress, uuidOfTarget } from '@groupcall/address';
import { NIL_UUID } from '@groupcall/shared';
import type { Destination } from '../../domain/destination.js';
import type { Resolution } from '../../domain/resolution.js';
import { ownerOf } from '../../domain/ring-plan.js';
import { RING_METHODS, type RingMethod } from '../../domain/status.js';

/** What a directory said, fit to be rung. */
export interface PreparedResolution {
  readonly ringMethod: RingMethod;
  readonly destinations: readonly Destination[];
  /** Those that cannot be rung, with the reason. */
  readonly unusable: ReadonlyMap<number, string>;
  readonly ownerId: string;
}

const RINGABLE = new Set<string>(['tel', 'sip', 'agent', 'extension']);

/**
 * A directory is not trusted more than a request: what it says is normalised and checked before anything is dialled or
 * stored, since an answer that breaks a decision or a commit would be asked for again for ever.
 * @returns the reason as a text when nothing can be rung
 */
export function prepareResolution(asked: Destination, resolution: Resolution): PreparedResolution | string {
  if (resolution?.resolved !== true) return String(resolution?.detail || 'it is not in the directory');
  const { destinations, ownerId } = resolution;
  // Missing and empty mean what they mean in a request.
  const ringMethod = resolution.ringMethod || 'ring_all';
  if (!Array.isArray(destinations) || destinations.length === 0) return 'it has no address to ring';
  if (!RING_METHODS.includes(ringMethod)) return `its ring method must be one of ${RING_METHODS.join(', ')}`;
  const unusable = new Map<number, string>();
  const prepared = destinations.map((raw: unknown, index) => {
    const { address, problems } = prepareAddress(raw);
    if (problems.length > 0) unusable.set(index, `${problems[0].field}: ${problems[0].message}`);
    else if (!RINGABLE.has(address.type))
      unusable.set(index, `type: ${address.type || 'empty'} cannot be rung`);
    return address;
  });
  return { ringMethod, destinations: prepared, unusable, ownerId: owner(ownerId) ?? ownerOf(asked) };
}

/** An owner that is no UUID is none: ids are stored as such. */
function owner(ownerId: unknown): string | null {
  if (typeof ownerId !== 'string' || ownerId === '') return null;
  return uuidOfTarget(ownerId) ?? NIL_UUID;
}

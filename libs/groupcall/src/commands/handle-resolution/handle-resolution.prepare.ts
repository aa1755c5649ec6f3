import { ADDRESS_FIELDS, cleanText, prepareAddress, uuidOfTarget, type Address } from '@groupcall/address';
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

/** So many addresses one answer may have when the host has set no limit of legs. */
const MOST_ADDRESSES = 1_000;
const RINGABLE = new Set<string>(['tel', 'sip', 'agent', 'extension']);

/**
 * A directory is not trusted more than a request: what it says is normalised and checked before anything is dialled or
 * stored, since an answer that breaks a decision or a commit would be asked for again for ever.
 * @param legsPerTree 0 = no limit; addresses beyond it could not be rung and are left out, the first of them tells so
 * @returns the reason as a text when nothing can be rung
 */
export function prepareResolution(
  asked: Destination,
  resolution: Resolution,
  legsPerTree: number,
): PreparedResolution | string {
  if (resolution?.resolved !== true) return detailOf(resolution);
  const { destinations, ownerId } = resolution;
  // Missing and empty mean what they mean in a request.
  const ringMethod = resolution.ringMethod || 'ring_all';
  if (!Array.isArray(destinations) || destinations.length === 0) return 'it has no address to ring';
  if (!RING_METHODS.includes(ringMethod)) return `its ring method must be one of ${RING_METHODS.join(', ')}`;
  const unusable = new Map<number, string>();
  const most = legsPerTree || MOST_ADDRESSES;
  const prepared = destinations.slice(0, most + 1).map((raw: unknown, index) => {
    const { address, problems } = prepareAddress(raw);
    if (index === most) {
      unusable.set(index, `the directory lists ${destinations.length} addresses; at most ${most} are rung`);
      return shown(address);
    }
    if (problems.length > 0) {
      unusable.set(index, cleanText(`${problems[0].field}: ${problems[0].message}`));
      return shown(address);
    }
    if (!RINGABLE.has(address.type)) unusable.set(index, `type: ${address.type || 'empty'} cannot be rung`);
    return address;
  });
  return { ringMethod, destinations: prepared, unusable, ownerId: owner(ownerId) ?? ownerOf(asked) };
}

/** An owner that is no UUID is none: ids are stored as such. */
function owner(ownerId: unknown): string | null {
  if (typeof ownerId !== 'string' || ownerId === '') return null;
  return uuidOfTarget(ownerId) ?? NIL_UUID;
}

/** Why there is nothing to ring, in the directory's words as far as they can be stored. */
function detailOf(resolution: { readonly detail?: unknown } | null | undefined): string {
  const detail = resolution?.detail;
  const text = detail instanceof Error ? detail.message : detail;
  return (typeof text === 'string' && cleanText(text)) || 'it is not in the directory';
}

/** An address that cannot be rung is stored all the same, to be seen: it must be one that can be stored. */
function shown(address: Address): Address {
  return Object.fromEntries(
    ADDRESS_FIELDS.map((field) => [field, cleanText(address[field])]),
  ) as unknown as Address;
}

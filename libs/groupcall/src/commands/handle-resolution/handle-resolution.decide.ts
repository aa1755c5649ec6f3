import { prepareAddress } from '@groupcall/address';
import { NIL_UUID } from '@groupcall/shared';
import type { Destination } from '../../domain/destination.js';
import { canonicalUuid, originOf } from '../../domain/origin.js';
import type { Resolution } from '../../domain/resolution.js';
import { failSlots, levelOf, ownerOf, planChild, standsForItsDestination } from '../../domain/ring-plan.js';
import { settle } from '../../domain/settle.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleResolutionCommand } from './handle-resolution.command.js';

export function decideResolution(turn: Turn, command: HandleResolutionCommand): void {
  const { groupcallId, index, resolution } = command;
  const groupcall = turn.groupcall(groupcallId);
  if (groupcall.slots[index]?.kind !== 'resolving') return;
  // Too late to ring anybody: the answer is dropped, the groupcall ends without it.
  if (groupcall.status !== 'progressing' || turn.state.winnerLegId !== null) return;

  const refusal = whyUnresolved(turn, groupcallId, resolution);
  if (refusal || !resolution.resolved) {
    turn.emit({ type: 'slot_failed', at: turn.now, groupcallId, index, detail: refusal });
  } else if (standsForItsDestination(turn, groupcallId)) {
    becomeDestination(turn, groupcallId, resolution);
  } else {
    const destination = groupcall.destinations[index];
    const { destinations, unusable } = prepare(resolution);
    planChild(turn, groupcallId, index, {
      destinations,
      unusable,
      ringMethod: resolution.ringMethod,
      dialTimeout: groupcall.dialTimeout,
      ownerId: owner(destination, resolution),
      origin: originOf(destination),
    });
  }
  settle(turn, groupcallId);
}

type Resolved = Extract<Resolution, { resolved: true }>;

function whyUnresolved(turn: Turn, groupcallId: string, resolution: Resolution): string {
  if (!resolution.resolved) return resolution.detail;
  if (resolution.destinations.length === 0) return 'it has no address to ring';
  const { depth } = turn.context.limits;
  const level = standsForItsDestination(turn, groupcallId) ? 1 : levelOf(turn, groupcallId) + 1;
  return depth > 0 && level > depth ? `nested deeper than ${depth} levels` : '';
}

/** A root made for one agent or extension gets no extra level: it takes over the addresses and the ring method. */
function becomeDestination(turn: Turn, groupcallId: string, resolution: Resolved): void {
  const destination = turn.groupcall(groupcallId).destinations[0];
  const { destinations, unusable } = prepare(resolution);
  const ownerId = owner(destination, resolution);
  turn.emit({
    type: 'groupcall_resolved',
    at: turn.now,
    groupcallId,
    ringMethod: resolution.ringMethod,
    destinations,
    ownerType: ownerId === NIL_UUID ? '' : 'agent',
    ownerId,
    origin: originOf(destination),
  });
  failSlots(turn, groupcallId, unusable);
}

function owner(destination: Destination, resolution: Resolved): string {
  return resolution.ownerId ? canonicalUuid(resolution.ownerId) : ownerOf(destination);
}

/** A directory is not trusted more than a request: its addresses are normalised and checked before they are dialled. */
function prepare(resolution: Resolved): { destinations: Destination[]; unusable: Map<number, string> } {
  const unusable = new Map<number, string>();
  const destinations = resolution.destinations.map((raw, index) => {
    const { address, problems } = prepareAddress(raw);
    if (problems.length > 0) unusable.set(index, `${problems[0].field}: ${problems[0].message}`);
    else if (!RINGABLE.has(address.type))
      unusable.set(index, `type: ${address.type || 'empty'} cannot be rung`);
    return address;
  });
  return { destinations, unusable };
}

const RINGABLE = new Set<string>(['tel', 'sip', 'agent', 'extension']);

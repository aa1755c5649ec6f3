import { NIL_UUID } from '@groupcall/shared';
import { originOf } from '../../domain/origin.js';
import { failSlots, levelOf, planChild, standsForItsDestination } from '../../domain/ring-plan.js';
import { settle } from '../../domain/settle.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleResolutionCommand } from './handle-resolution.command.js';
import { prepareResolution, type PreparedResolution } from './handle-resolution.prepare.js';

export function decideResolution(turn: Turn, command: HandleResolutionCommand): void {
  const { groupcallId, index } = command;
  const groupcall = turn.groupcall(groupcallId);
  if (groupcall.slots[index]?.kind !== 'resolving') return;
  // Too late to ring anybody: the answer is dropped, the groupcall ends without it.
  if (groupcall.status !== 'progressing' || turn.state.winnerLegId !== null) return;
  const destination = groupcall.destinations[index];
  // A root takes the place of its destination: the answer about that one, told again, is none about what is there now.
  if (originOf(command.destination) !== originOf(destination)) return;

  const found = prepareResolution(destination, command.resolution, turn.context.limits.legsPerTree);
  const refusal = typeof found === 'string' ? found : whyTooDeep(turn, groupcallId);
  if (refusal !== '' || typeof found === 'string') {
    turn.emit({ type: 'slot_failed', at: turn.now, groupcallId, index, detail: refusal });
  } else if (standsForItsDestination(groupcall)) {
    becomeDestination(turn, groupcallId, found);
  } else {
    planChild(turn, groupcallId, index, {
      ...found,
      dialTimeout: groupcall.dialTimeout,
      origin: originOf(destination),
    });
  }
  settle(turn, groupcallId);
}

function whyTooDeep(turn: Turn, groupcallId: string): string {
  const { depth } = turn.context.limits;
  const level = standsForItsDestination(turn.groupcall(groupcallId)) ? 1 : levelOf(turn, groupcallId) + 1;
  return depth > 0 && level > depth ? `nested deeper than ${depth} levels` : '';
}

/** A root made for one agent or extension gets no extra level: it takes over the addresses and the ring method. */
function becomeDestination(turn: Turn, groupcallId: string, found: PreparedResolution): void {
  const { ringMethod, destinations, unusable, ownerId } = found;
  turn.emit({
    type: 'groupcall_resolved',
    at: turn.now,
    groupcallId,
    ringMethod,
    destinations,
    ownerType: ownerId === NIL_UUID ? '' : 'agent',
    ownerId,
    origin: originOf(turn.groupcall(groupcallId).destinations[0]),
  });
  failSlots(turn, groupcallId, unusable);
}

import { NIL_UUID } from '@groupcall/shared';
import { endIfDone } from '../../domain/end-of-groupcall.js';
import { conflict, exhausted } from '../../domain/groupcall-error.js';
import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { isResolvable, originOf } from '../../domain/origin.js';
import { baseFor, baseOf } from '../../domain/member-id.js';
import { ownerOf, ringOn } from '../../domain/ring-plan.js';
import type { Turn } from '../../domain/turn.js';
import { CheckedCreate } from './checked-create.js';
import type { CreateGroupcallCommand } from './create-groupcall.command.js';
import { validateCreate, type GroupcallRequest } from './create-groupcall.validate.js';

export function decideCreate(turn: Turn, command: CreateGroupcallCommand): GroupcallResource {
  const { rootId } = turn.state;
  const request =
    command instanceof CheckedCreate ? command.request : validateCreate(command.input, turn.context.limits);
  const existing = turn.state.groupcalls.get(rootId);
  if (existing) {
    if (!sameRequest(existing, request))
      throw conflict(`Groupcall ${rootId} exists and was created from another request.`);
    return toGroupcallResource(existing);
  }
  if (!turn.context.mayPlanLegs) {
    throw exhausted("The customer's live legs are at their limit: try again when some have ended.", 1000);
  }
  const only = request.destinations.length === 1 ? request.destinations[0] : undefined;
  const ownerId = only ? ownerOf(only) : NIL_UUID;
  const isOurs = command.isNew && baseOf(rootId) === rootId;
  turn.emit({
    type: 'groupcall_planned',
    at: turn.now,
    base: isOurs ? rootId : baseFor(rootId, turn.now, command instanceof CheckedCreate ? command.maker : 0),
    spec: {
      id: rootId,
      customerId: request.customerId,
      flowId: request.flowId,
      source: request.source,
      destinations: request.destinations,
      masterCallId: request.masterCallId,
      ringMethod: request.ringMethod,
      answerMethod: request.answerMethod,
      dialTimeout: request.dialTimeout,
      ownerType: ownerId === NIL_UUID ? '' : 'agent',
      ownerId,
      masterGroupcallId: NIL_UUID,
      destinationIndex: 0,
      origin: '',
    },
  });
  ringOn(turn, rootId);
  endIfDone(turn, rootId);
  return toGroupcallResource(turn.groupcall(rootId));
}

/** A resolved root has taken the place of the agent or extension it was created for: that one is its origin now. */
function sameRequest(
  existing: { [K in keyof GroupcallRequest]: unknown } & { origin: string },
  request: GroupcallRequest,
): boolean {
  const keys: (keyof GroupcallRequest)[] = [
    'customerId',
    'source',
    'answerMethod',
    'flowId',
    'masterCallId',
    'dialTimeout',
  ];
  const [first, ...more] = request.destinations;
  const became = isResolvable(first) && more.length === 0 && originOf(first) === existing.origin;
  if (!became) keys.push('destinations', 'ringMethod');
  return keys.every((key) => JSON.stringify(existing[key]) === JSON.stringify(request[key]));
}

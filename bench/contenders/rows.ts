import { NIL_UUID } from '../../libs/shared/src/index.js';
import type { GroupcallEntity } from '../../libs/groupcall/src/adapters/typeorm/entities/groupcall.entity.js';
import type { GroupcallLegEntity } from '../../libs/groupcall/src/adapters/typeorm/entities/groupcall-leg.entity.js';
import { validateCreate } from '../../libs/groupcall/src/commands/create-groupcall/create-groupcall.validate.js';
import { newId } from '../load/ids.js';
import { CUSTOMER, requestFor, type Shape } from '../load/shape.js';

const UNLIMITED = { destinations: 0, legsPerTree: 0, depth: 0 };

/** A new ring_all groupcall and its legs as the tables have them: what everybody writes, checked by the same rules. */
export function newRows(
  rootId: string,
  shape: Shape,
  name: string,
): { groupcall: GroupcallEntity; legs: GroupcallLegEntity[] } {
  if (shape.ring !== 'ring_all') throw new Error('Only the engine itself rings in another way.');
  const request = validateCreate(requestFor(shape, name), UNLIMITED);
  const now = Date.now();
  const legs = request.destinations.map((destination, index) => ({
    id: newId(),
    rootId,
    ordinal: index,
    groupcallId: rootId,
    customerId: CUSTOMER,
    source: request.source,
    destination,
    destinationIndex: index,
    status: 'planned' as const,
    hangupReason: '' as const,
    hangupBy: '' as const,
    tmCreate: now,
    tmDial: null,
    tmRinging: null,
    tmAnswer: null,
    tmHangup: null,
    dialDeadline: now + request.dialTimeout,
  }));
  const groupcall: GroupcallEntity = {
    id: rootId,
    rootId,
    ordinal: 0,
    customerId: CUSTOMER,
    ownerType: '',
    ownerId: NIL_UUID,
    status: 'progressing',
    flowId: NIL_UUID,
    source: request.source,
    destinations: [...request.destinations],
    slots: legs.map(({ id }) => ({ kind: 'leg' as const, id })),
    masterCallId: NIL_UUID,
    masterGroupcallId: NIL_UUID,
    destinationIndex: 0,
    ringMethod: request.ringMethod,
    answerMethod: request.answerMethod,
    answerCallId: NIL_UUID,
    answerGroupcallId: NIL_UUID,
    callCount: legs.length,
    groupcallCount: 0,
    dialIndex: 0,
    dialTimeout: request.dialTimeout,
    hangupReason: '',
    origin: '',
    tmCreate: now,
    tmUpdate: now,
    tmDelete: null,
  };
  return { groupcall, legs };
}

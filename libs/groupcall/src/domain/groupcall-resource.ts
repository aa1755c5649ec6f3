import type { Address } from '@groupcall/address';
import { formatTimestamp } from '@groupcall/shared';
import type { Destination } from './destination.js';
import type {
  AnswerMethod,
  GroupcallHangupReason,
  GroupcallStatus,
  OwnerType,
  RingMethod,
} from './status.js';
import type { GroupcallState } from './tree-state.js';

/** A groupcall as the world sees it: keys in the order of SPEC 2, every key always present. */
export interface GroupcallResource {
  /** UUID. */
  id: string;
  /** Whose it is. */
  customer_id: string;
  /** `agent`, or empty. */
  owner_type: OwnerType;
  /** The agent it belongs to, or the nil UUID. */
  owner_id: string;
  /** Only moves forward. */
  status: GroupcallStatus;
  /** As it was created with, or the nil UUID. */
  flow_id: string;
  /** Who calls. */
  source: Address;
  /** Whom it rings, in this order. */
  destinations: Destination[];
  /** The call on whose behalf it rings, or the nil UUID. */
  master_call_id: string;
  /** The groupcall it is nested in, or the nil UUID. */
  master_groupcall_id: string;
  /** All at once, or one by one. */
  ring_method: RingMethod;
  /** What happens to the others when one answers. */
  answer_method: AnswerMethod;
  /** The leg that won, or the nil UUID. */
  answer_call_id: string;
  /** Legs, by destination. */
  call_ids: string[];
  /** The nested groupcall in which somebody won, or the nil UUID. */
  answer_groupcall_id: string;
  /** Nested groupcalls, by destination. */
  groupcall_ids: string[];
  /** Legs that have not ended. */
  call_count: number;
  /** Nested groupcalls that have not ended. */
  groupcall_count: number;
  /** How far a linear one has come. */
  dial_index: number;
  /** UTC, microseconds. */
  tm_create: string;
  /** When it last changed. */
  tm_update: string;
  /** When it was deleted; the end of time: not. */
  tm_delete: string;
  /** ms that each phone rings. */
  dial_timeout: number;
  /** Why it has ended; empty: it has not. */
  hangup_reason: GroupcallHangupReason;
}

/** The wire form of a groupcall's state. */
export function toGroupcallResource(groupcall: GroupcallState): GroupcallResource {
  return resourceWith(groupcall, listsOf(groupcall));
}

/** @param lists of an earlier one of the same groupcall with the same slots and destinations */
export function resourceWith(
  groupcall: GroupcallState,
  lists: Pick<GroupcallResource, 'destinations' | 'call_ids' | 'groupcall_ids'>,
): GroupcallResource {
  return {
    id: groupcall.id,
    customer_id: groupcall.customerId,
    owner_type: groupcall.ownerType,
    owner_id: groupcall.ownerId,
    status: groupcall.status,
    flow_id: groupcall.flowId,
    source: groupcall.source,
    destinations: lists.destinations,
    master_call_id: groupcall.masterCallId,
    master_groupcall_id: groupcall.masterGroupcallId,
    ring_method: groupcall.ringMethod,
    answer_method: groupcall.answerMethod,
    answer_call_id: groupcall.answerCallId,
    call_ids: lists.call_ids,
    answer_groupcall_id: groupcall.answerGroupcallId,
    groupcall_ids: lists.groupcall_ids,
    call_count: groupcall.callCount,
    groupcall_count: groupcall.groupcallCount,
    dial_index: groupcall.dialIndex,
    tm_create: formatTimestamp(groupcall.tmCreate),
    tm_update: formatTimestamp(groupcall.tmUpdate),
    tm_delete: formatTimestamp(groupcall.tmDelete),
    dial_timeout: groupcall.dialTimeout,
    hangup_reason: groupcall.hangupReason,
  };
}

function listsOf({ slots, destinations }: GroupcallState) {
  const callIds: string[] = [];
  const groupcallIds: string[] = [];
  for (const slot of slots) {
    if (slot.kind === 'leg') callIds.push(slot.id);
    else if (slot.kind === 'child') groupcallIds.push(slot.id);
  }
  return { destinations: [...destinations], call_ids: callIds, groupcall_ids: groupcallIds };
}

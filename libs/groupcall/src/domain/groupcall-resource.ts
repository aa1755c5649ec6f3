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
  id: string;
  customer_id: string;
  owner_type: OwnerType;
  owner_id: string;
  status: GroupcallStatus;
  flow_id: string;
  source: Address;
  destinations: Destination[];
  master_call_id: string;
  master_groupcall_id: string;
  ring_method: RingMethod;
  answer_method: AnswerMethod;
  answer_call_id: string;
  call_ids: string[];
  answer_groupcall_id: string;
  groupcall_ids: string[];
  call_count: number;
  groupcall_count: number;
  dial_index: number;
  tm_create: string;
  tm_update: string;
  tm_delete: string;
  dial_timeout: number;
  hangup_reason: GroupcallHangupReason;
}

/** The wire form of a groupcall's state. */
export function toGroupcallResource(groupcall: GroupcallState): GroupcallResource {
  const callIds: string[] = [];
  const groupcallIds: string[] = [];
  for (const slot of groupcall.slots) {
    if (slot.kind === 'leg') callIds.push(slot.id);
    else if (slot.kind === 'child') groupcallIds.push(slot.id);
  }
  return {
    id: groupcall.id,
    customer_id: groupcall.customerId,
    owner_type: groupcall.ownerType,
    owner_id: groupcall.ownerId,
    status: groupcall.status,
    flow_id: groupcall.flowId,
    source: groupcall.source,
    destinations: [...groupcall.destinations],
    master_call_id: groupcall.masterCallId,
    master_groupcall_id: groupcall.masterGroupcallId,
    ring_method: groupcall.ringMethod,
    answer_method: groupcall.answerMethod,
    answer_call_id: groupcall.answerCallId,
    call_ids: callIds,
    answer_groupcall_id: groupcall.answerGroupcallId,
    groupcall_ids: groupcallIds,
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

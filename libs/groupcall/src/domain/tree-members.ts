import { NIL_UUID } from '@groupcall/shared';
import type { GroupcallSpec } from './tree-event.js';
import type { GroupcallState, LegState, Slot } from './tree-state.js';

/** What a turn may change: its own copy. */
export type Changeable<T> = { -readonly [K in keyof T]: T[K] };

export const WAITING: Slot = { kind: 'waiting' };

export function newGroupcall(spec: GroupcallSpec, at: number): GroupcallState {
  return {
    id: spec.id,
    customerId: spec.customerId,
    ownerType: spec.ownerType,
    ownerId: spec.ownerId,
    status: 'progressing',
    flowId: spec.flowId,
    source: spec.source,
    destinations: spec.destinations,
    slots: spec.destinations.map(() => WAITING),
    masterCallId: spec.masterCallId,
    masterGroupcallId: spec.masterGroupcallId,
    destinationIndex: spec.destinationIndex,
    ringMethod: spec.ringMethod,
    answerMethod: spec.answerMethod,
    answerCallId: NIL_UUID,
    answerGroupcallId: NIL_UUID,
    callCount: 0,
    groupcallCount: 0,
    dialIndex: 0,
    dialTimeout: spec.dialTimeout,
    hangupReason: '',
    origin: spec.origin,
    tmCreate: at,
    tmUpdate: at,
    tmDelete: null,
  };
}

/** Key by key, here and below: what is made and what is copied is one shape to V8 then, and everybody who reads it is faster. */
export function copyOfGroupcall(groupcall: GroupcallState): Changeable<GroupcallState> {
  return {
    id: groupcall.id,
    customerId: groupcall.customerId,
    ownerType: groupcall.ownerType,
    ownerId: groupcall.ownerId,
    status: groupcall.status,
    flowId: groupcall.flowId,
    source: groupcall.source,
    destinations: groupcall.destinations,
    slots: groupcall.slots,
    masterCallId: groupcall.masterCallId,
    masterGroupcallId: groupcall.masterGroupcallId,
    destinationIndex: groupcall.destinationIndex,
    ringMethod: groupcall.ringMethod,
    answerMethod: groupcall.answerMethod,
    answerCallId: groupcall.answerCallId,
    answerGroupcallId: groupcall.answerGroupcallId,
    callCount: groupcall.callCount,
    groupcallCount: groupcall.groupcallCount,
    dialIndex: groupcall.dialIndex,
    dialTimeout: groupcall.dialTimeout,
    hangupReason: groupcall.hangupReason,
    origin: groupcall.origin,
    tmCreate: groupcall.tmCreate,
    tmUpdate: groupcall.tmUpdate,
    tmDelete: groupcall.tmDelete,
  };
}

export function newLeg(
  parent: GroupcallState,
  id: string,
  index: number,
  at: number,
  deadline: number,
): LegState {
  return {
    id,
    groupcallId: parent.id,
    customerId: parent.customerId,
    source: parent.source,
    destination: parent.destinations[index],
    destinationIndex: index,
    status: 'planned',
    hangupReason: '',
    hangupBy: '',
    tmCreate: at,
    tmDial: null,
    tmRinging: null,
    tmAnswer: null,
    tmHangup: null,
    dialDeadline: deadline,
  };
}

export function copyOfLeg(leg: LegState): Changeable<LegState> {
  return {
    id: leg.id,
    groupcallId: leg.groupcallId,
    customerId: leg.customerId,
    source: leg.source,
    destination: leg.destination,
    destinationIndex: leg.destinationIndex,
    status: leg.status,
    hangupReason: leg.hangupReason,
    hangupBy: leg.hangupBy,
    tmCreate: leg.tmCreate,
    tmDial: leg.tmDial,
    tmRinging: leg.tmRinging,
    tmAnswer: leg.tmAnswer,
    tmHangup: leg.tmHangup,
    dialDeadline: leg.dialDeadline,
  };
}

import { NIL_UUID } from '@groupcall/shared';
import { MOST_MEMBERS } from './member-id.js';
import type { Destination } from './destination.js';
import { canonicalUuid, isResolvable, originOf } from './origin.js';
import type { GroupcallState, Slot } from './tree-state.js';
import type { Turn } from './turn.js';
import { endIfDone } from './end-of-groupcall.js';

/**
 * Who rings next. ring_all starts everything that waits; linear starts the next destination when the current one has
 * ended or is being hung up, without waiting for the gateway to confirm (SPEC 4.2, 4.5). An answered tree and a
 * groupcall that is being hung up start nothing.
 */
export function ringOn(turn: Turn, groupcallId: string): void {
  for (;;) {
    const groupcall = turn.groupcall(groupcallId);
    if (groupcall.status !== 'progressing' || turn.state.winnerLegId !== null) return;
    const index =
      groupcall.ringMethod === 'ring_all'
        ? groupcall.slots.findIndex((slot) => slot.kind === 'waiting')
        : groupcall.slots.findIndex((slot) => !isOver(turn, slot));
    if (index < 0 || groupcall.slots[index].kind !== 'waiting') return;
    start(turn, groupcallId, index);
  }
}

/** Neither this destination nor anything below it can still be answered. */
function isOver(turn: Turn, slot: Slot): boolean {
  switch (slot.kind) {
    case 'waiting':
    case 'resolving':
      return false;
    case 'failed':
      return true;
    case 'leg': {
      const { status } = turn.leg(slot.id);
      return status === 'hangingup' || status === 'hangup';
    }
    case 'child': {
      const child = turn.groupcall(slot.id);
      return child.status !== 'progressing' || child.slots.every((below) => isOver(turn, below));
    }
  }
}

/** Gives a waiting destination its turn. */
function start(turn: Turn, groupcallId: string, index: number): void {
  const { now: at } = turn;
  const groupcall = turn.groupcall(groupcallId);
  const destination = groupcall.destinations[index];
  const refusal = whyNotStart(turn, groupcallId, destination);
  if (refusal) {
    turn.emit({ type: 'slot_failed', at, groupcallId, index, detail: refusal });
  } else if (isResolvable(destination)) {
    turn.emit({ type: 'slot_resolving', at, groupcallId, index });
    turn.resolve(groupcallId, index);
  } else if (destination.type === 'groupcall') {
    planChild(turn, groupcallId, index, {
      destinations: destination.destinations ?? [],
      ringMethod: destination.ring_method ?? 'ring_all',
      dialTimeout: destination.dial_timeout ?? groupcall.dialTimeout,
      ownerId: NIL_UUID,
      origin: '',
    });
  } else {
    const legId = turn.nextId();
    turn.emit({ type: 'leg_planned', at, legId, groupcallId, index, deadline: at + groupcall.dialTimeout });
    turn.dial(legId);
  }
}

/** What a child is made of, apart from what it takes over from its parent. */
export interface ChildPlan {
  readonly destinations: readonly Destination[];
  readonly ringMethod: 'ring_all' | 'linear';
  readonly dialTimeout: number;
  /** The agent it is made for, or nil. */
  readonly ownerId: string;
  readonly origin: string;
  /** Destinations that cannot be rung, with the reason: they fail at once. */
  readonly unusable?: ReadonlyMap<number, string>;
}

/** Makes `destinations[index]` a nested groupcall and lets it ring. It may have ended when this returns. */
export function planChild(turn: Turn, parentId: string, index: number, plan: ChildPlan): void {
  const { now: at } = turn;
  const parent = turn.groupcall(parentId);
  const id = turn.nextId();
  turn.emit({
    type: 'groupcall_planned',
    at,
    spec: {
      id,
      customerId: parent.customerId,
      ownerType: plan.ownerId === NIL_UUID ? '' : 'agent',
      ownerId: plan.ownerId,
      flowId: parent.flowId,
      source: parent.source,
      destinations: plan.destinations,
      masterCallId: parent.masterCallId,
      masterGroupcallId: parentId,
      destinationIndex: index,
      ringMethod: plan.ringMethod,
      answerMethod: parent.answerMethod,
      dialTimeout: plan.dialTimeout,
      origin: plan.origin,
    },
  });
  failSlots(turn, id, plan.unusable);
  ringOn(turn, id);
  endIfDone(turn, id);
}

export function failSlots(turn: Turn, groupcallId: string, unusable?: ReadonlyMap<number, string>): void {
  for (const [index, detail] of unusable ?? []) {
    turn.emit({ type: 'slot_failed', at: turn.now, groupcallId, index, detail });
  }
}

/** The reason why a destination cannot have its turn, or '' when it can. */
function whyNotStart(turn: Turn, groupcallId: string, destination: Destination): string {
  const { limits, mayPlanLegs } = turn.context;
  const { groupcalls, legs } = turn.state;
  if (groupcalls.size + legs.size > MOST_MEMBERS)
    return `the tree already has ${MOST_MEMBERS} legs and groupcalls`;
  if (isResolvable(destination)) {
    return cycleThrough(turn, groupcallId, destination) ?? whyNotAsk(turn);
  }
  if (destination.type === 'groupcall') {
    return limits.depth > 0 && levelOf(turn, groupcallId) >= limits.depth
      ? `nested deeper than ${limits.depth} levels`
      : '';
  }
  if (limits.legsPerTree > 0 && turn.state.legs.size >= limits.legsPerTree) {
    return `the tree already has ${limits.legsPerTree} legs`;
  }
  return mayPlanLegs ? '' : 'the customer has no live legs left';
}

/** Agents that are agents again, and so on, plan no leg and would never come to an end: each question is worth one leg. */
function whyNotAsk({ context, state }: Turn): string {
  const most = context.limits.legsPerTree;
  if (most === 0) return '';
  let asked = 0;
  for (const { origin, slots } of state.groupcalls.values()) {
    if (origin !== '') asked += 1;
    for (const slot of slots) if (slot.kind === 'resolving') asked += 1;
  }
  return asked < most ? '' : `the tree already has ${most} agents and extensions`;
}

/** 1 for a root. */
export function levelOf(turn: Turn, groupcallId: string): number {
  let level = 0;
  for (let id = groupcallId; id !== NIL_UUID; id = turn.groupcall(id).masterGroupcallId) level += 1;
  return level;
}

/** The path of a cycle that ringing this destination would close (`agent A → extension 7 → agent A`), or null. */
function cycleThrough(turn: Turn, groupcallId: string, destination: Destination): string | null {
  const wanted = originOf(destination);
  const path: string[] = [wanted];
  for (let id = groupcallId; id !== NIL_UUID; id = turn.groupcall(id).masterGroupcallId) {
    const { origin } = turn.groupcall(id);
    if (origin === '') continue;
    path.unshift(origin);
    if (origin === wanted) return `it would ring itself: ${path.join(' → ')}`;
  }
  return null;
}

/** A root whose single destination is an agent or extension not yet resolved: the root is itself that groupcall (SPEC 3). */
export function standsForItsDestination({
  masterGroupcallId,
  destinations,
  origin,
}: Pick<GroupcallState, 'masterGroupcallId' | 'destinations' | 'origin'>): boolean {
  return (
    masterGroupcallId === NIL_UUID &&
    destinations.length === 1 &&
    origin === '' &&
    isResolvable(destinations[0])
  );
}

/** The agent that a destination belongs to, as far as the destination itself says; nil for none. */
export function ownerOf(destination: Destination): string {
  return destination.type === 'agent' ? canonicalUuid(destination.target) : NIL_UUID;
}

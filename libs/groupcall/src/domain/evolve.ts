import { NIL_UUID } from '@groupcall/shared';
import type { GroupcallState, LegState, Slot, TreeState } from './tree-state.js';
import type { TreeEvent } from './tree-event.js';
import {
  copyOfGroupcall,
  copyOfLeg,
  newGroupcall,
  newLeg,
  WAITING,
  type Changeable,
} from './tree-members.js';

/**
 * A tree in the course of a turn. Its maps are its own; an object in them is copied when it is changed for the first time,
 * and from then on changed in place: a turn changes the same groupcall very often. So whoever reads one looks it up again
 * after each event, and what must outlive the turn is a copy of it.
 */
export interface TreeDraft extends Omit<TreeState, 'base' | 'eventSequence' | 'winnerLegId' | 'lateAnswers'> {
  /** Objects that are still in here are not the draft's own. */
  readonly before: TreeState;
  base: string;
  eventSequence: number;
  winnerLegId: string | null;
  lateAnswers: number;
  readonly groupcalls: Map<string, GroupcallState>;
  readonly legs: Map<string, LegState>;
}

export function draftOf(before: TreeState): TreeDraft {
  const { rootId, customerId, base, version, eventSequence, winnerLegId, lateAnswers } = before;
  return {
    before,
    rootId,
    customerId,
    base,
    version,
    eventSequence,
    winnerLegId,
    lateAnswers,
    groupcalls: copyOf(before.groupcalls),
    legs: copyOf(before.legs),
  };
}

/** Each turn begins with it, and entry by entry takes less than half as long as what the constructor makes of a map. */
function copyOf<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  const copy = new Map<string, T>();
  map.forEach((value, key) => copy.set(key, value));
  return copy;
}

/** What has become of the tree; the draft must not be changed any more. */
export function settled(draft: TreeDraft, version: number): TreeState {
  const { rootId, customerId, base, eventSequence, winnerLegId, lateAnswers, groupcalls, legs } = draft;
  return { rootId, customerId, base, version, eventSequence, winnerLegId, lateAnswers, groupcalls, legs };
}

/** The state after an event: the only place where a tree changes. */
export function evolve(state: TreeState, event: TreeEvent): TreeState {
  const draft = draftOf(state);
  applyTo(draft, event);
  return settled(draft, state.version);
}

/** {@link evolve} without the copy, for a turn that already owns a draft. */
export function applyTo(draft: TreeDraft, event: TreeEvent): void {
  switch (event.type) {
    case 'groupcall_planned': {
      const { spec, at, base } = event;
      if (base !== undefined) draft.base = base;
      draft.groupcalls.set(spec.id, newGroupcall(spec, at));
      draft.eventSequence += 1;
      if (spec.masterGroupcallId !== NIL_UUID) {
        const slot: Slot = { kind: 'child', id: spec.id };
        const parent = fillSlot(draft, spec.masterGroupcallId, spec.destinationIndex, slot, at);
        parent.groupcallCount += 1;
      }
      return;
    }
    case 'groupcall_resolved': {
      const groupcall = touch(draft, event.groupcallId, event.at);
      groupcall.ringMethod = event.ringMethod;
      groupcall.destinations = event.destinations;
      groupcall.slots = event.destinations.map(() => WAITING);
      groupcall.ownerType = event.ownerType;
      groupcall.ownerId = event.ownerId;
      groupcall.origin = event.origin;
      return;
    }
    case 'groupcall_answered': {
      const groupcall = touch(draft, event.groupcallId, event.at);
      groupcall.answerCallId = event.answerCallId;
      groupcall.answerGroupcallId = event.answerGroupcallId;
      draft.eventSequence += 1;
      return;
    }
    case 'groupcall_hangingup':
      touch(draft, event.groupcallId, event.at).status = 'hangingup';
      draft.eventSequence += 1;
      return;
    case 'groupcall_ended': {
      const groupcall = touch(draft, event.groupcallId, event.at);
      groupcall.status = 'hangup';
      groupcall.hangupReason = event.reason;
      draft.eventSequence += 1;
      const parentId = groupcall.masterGroupcallId;
      if (parentId !== NIL_UUID) touch(draft, parentId, event.at).groupcallCount -= 1;
      return;
    }
    case 'groupcall_deleted':
      touch(draft, event.groupcallId, event.at).tmDelete = event.at;
      draft.eventSequence += 1;
      return;
    case 'slot_resolving':
      fillSlot(draft, event.groupcallId, event.index, RESOLVING, event.at);
      return;
    case 'slot_failed':
      fillSlot(draft, event.groupcallId, event.index, { kind: 'failed', detail: event.detail }, event.at);
      return;
    case 'leg_planned': {
      const slot: Slot = { kind: 'leg', id: event.legId };
      const parent = fillSlot(draft, event.groupcallId, event.index, slot, event.at);
      parent.callCount += 1;
      draft.legs.set(event.legId, newLeg(parent, event.legId, event.index, event.at, event.deadline));
      return;
    }
    case 'leg_dialed': {
      const leg = touchLeg(draft, event.legId);
      leg.status = 'dialing';
      leg.tmDial = event.at;
      leg.dialDeadline = event.deadline;
      draft.eventSequence += 1;
      return;
    }
    case 'leg_ringing': {
      const leg = touchLeg(draft, event.legId);
      leg.status = 'ringing';
      leg.tmRinging = event.at;
      draft.eventSequence += 1;
      return;
    }
    case 'leg_answered': {
      const leg = touchLeg(draft, event.legId);
      leg.status = 'progressing';
      leg.tmAnswer = event.at;
      draft.winnerLegId = event.legId;
      return;
    }
    case 'leg_hangingup': {
      const leg = touchLeg(draft, event.legId);
      leg.status = 'hangingup';
      leg.hangupReason = event.reason;
      leg.hangupBy = 'local';
      if (event.answered) leg.tmAnswer = event.at;
      return;
    }
    case 'leg_ended': {
      const leg = touchLeg(draft, event.legId);
      leg.status = 'hangup';
      leg.hangupReason = event.reason;
      leg.hangupBy = event.by;
      leg.tmHangup = event.at;
      touch(draft, leg.groupcallId, event.at).callCount -= 1;
      draft.eventSequence += 1;
      return;
    }
    case 'late_answer':
      draft.lateAnswers += 1;
      return;
  }
}

const RESOLVING: Slot = { kind: 'resolving' };

/** A destination's turn has come: what became of it, and in a linear groupcall the dial index moves there. */
function fillSlot(
  draft: TreeDraft,
  groupcallId: string,
  index: number,
  slot: Slot,
  at: number,
): Changeable<GroupcallState> {
  const groupcall = touch(draft, groupcallId, at);
  if (groupcall.slots === draft.before.groupcalls.get(groupcallId)?.slots)
    groupcall.slots = groupcall.slots.slice();
  (groupcall.slots as Slot[])[index] = slot;
  if (groupcall.ringMethod === 'linear') groupcall.dialIndex = index;
  return groupcall;
}

/** The groupcall, to be changed. */
function touch(draft: TreeDraft, groupcallId: string, at: number): Changeable<GroupcallState> {
  let groupcall: Changeable<GroupcallState> = draft.groupcalls.get(groupcallId)!;
  if (groupcall === draft.before.groupcalls.get(groupcallId)) {
    groupcall = copyOfGroupcall(groupcall);
    draft.groupcalls.set(groupcallId, groupcall);
  }
  groupcall.tmUpdate = at;
  return groupcall;
}

/** The leg, to be changed. */
function touchLeg(draft: TreeDraft, legId: string): Changeable<LegState> {
  const leg = draft.legs.get(legId)!;
  if (leg !== draft.before.legs.get(legId)) return leg;
  const own = copyOfLeg(leg);
  draft.legs.set(legId, own);
  return own;
}

import { NIL_UUID } from '@groupcall/shared';
import type { GroupcallState, LegState, Slot, TreeState } from './tree-state.js';
import type { GroupcallSpec, TreeEvent } from './tree-event.js';

/** A tree that `applyTo` may change in place: its maps are its own, the objects in them are shared and never changed. */
export interface TreeDraft extends Omit<TreeState, 'eventSequence' | 'winnerLegId' | 'lateAnswers'> {
  eventSequence: number;
  winnerLegId: string | null;
  lateAnswers: number;
  readonly groupcalls: Map<string, GroupcallState>;
  readonly legs: Map<string, LegState>;
}

export function draftOf(state: TreeState): TreeDraft {
  return { ...state, groupcalls: new Map(state.groupcalls), legs: new Map(state.legs) };
}

/** The state after an event: the only place where a tree changes. */
export function evolve(state: TreeState, event: TreeEvent): TreeState {
  const draft = draftOf(state);
  applyTo(draft, event);
  return draft;
}

/** {@link evolve} without the copy, for a turn that already owns a draft. */
export function applyTo(draft: TreeDraft, event: TreeEvent): void {
  switch (event.type) {
    case 'groupcall_planned': {
      const { spec, at } = event;
      draft.groupcalls.set(spec.id, newGroupcall(spec, at));
      draft.eventSequence += 1;
      if (spec.masterGroupcallId !== NIL_UUID) {
        fillSlot(
          draft,
          spec.masterGroupcallId,
          spec.destinationIndex,
          { kind: 'child', id: spec.id },
          at,
          'groupcallCount',
        );
      }
      return;
    }
    case 'groupcall_resolved':
      change(draft, event.groupcallId, event.at, {
        ringMethod: event.ringMethod,
        destinations: event.destinations,
        slots: event.destinations.map(() => WAITING),
        ownerType: event.ownerType,
        ownerId: event.ownerId,
        origin: event.origin,
      });
      return;
    case 'groupcall_answered':
      change(draft, event.groupcallId, event.at, {
        answerCallId: event.answerCallId,
        answerGroupcallId: event.answerGroupcallId,
      });
      draft.eventSequence += 1;
      return;
    case 'groupcall_hangingup':
      change(draft, event.groupcallId, event.at, { status: 'hangingup' });
      draft.eventSequence += 1;
      return;
    case 'groupcall_ended': {
      change(draft, event.groupcallId, event.at, { status: 'hangup', hangupReason: event.reason });
      draft.eventSequence += 1;
      const parentId = groupcallOf(draft, event.groupcallId).masterGroupcallId;
      if (parentId !== NIL_UUID) {
        change(draft, parentId, event.at, {
          groupcallCount: groupcallOf(draft, parentId).groupcallCount - 1,
        });
      }
      return;
    }
    case 'groupcall_deleted':
      change(draft, event.groupcallId, event.at, { tmDelete: event.at });
      draft.eventSequence += 1;
      return;
    case 'slot_resolving':
      fillSlot(draft, event.groupcallId, event.index, { kind: 'resolving' }, event.at);
      return;
    case 'slot_failed':
      fillSlot(draft, event.groupcallId, event.index, { kind: 'failed', detail: event.detail }, event.at);
      return;
    case 'leg_planned': {
      const parent = groupcallOf(draft, event.groupcallId);
      draft.legs.set(event.legId, newLeg(parent, event.legId, event.index, event.at, event.deadline));
      fillSlot(
        draft,
        event.groupcallId,
        event.index,
        { kind: 'leg', id: event.legId },
        event.at,
        'callCount',
      );
      return;
    }
    case 'leg_dialed':
      changeLeg(draft, event.legId, { status: 'dialing', tmDial: event.at, dialDeadline: event.deadline });
      draft.eventSequence += 1;
      return;
    case 'leg_ringing':
      changeLeg(draft, event.legId, { status: 'ringing', tmRinging: event.at });
      draft.eventSequence += 1;
      return;
    case 'leg_answered':
      changeLeg(draft, event.legId, { status: 'progressing', tmAnswer: event.at });
      draft.winnerLegId = event.legId;
      return;
    case 'leg_hangingup':
      changeLeg(draft, event.legId, {
        status: 'hangingup',
        hangupReason: event.reason,
        hangupBy: 'local',
        ...(event.answered ? { tmAnswer: event.at } : {}),
      });
      return;
    case 'leg_ended': {
      const leg = changeLeg(draft, event.legId, {
        status: 'hangup',
        hangupReason: event.reason,
        hangupBy: event.by,
        tmHangup: event.at,
      });
      const parent = groupcallOf(draft, leg.groupcallId);
      change(draft, parent.id, event.at, { callCount: parent.callCount - 1 });
      draft.eventSequence += 1;
      return;
    }
    case 'late_answer':
      draft.lateAnswers += 1;
      return;
  }
}

const WAITING: Slot = { kind: 'waiting' };

function newGroupcall(spec: GroupcallSpec, at: number): GroupcallState {
  return {
    ...spec,
    status: 'progressing',
    slots: spec.destinations.map(() => WAITING),
    answerCallId: NIL_UUID,
    answerGroupcallId: NIL_UUID,
    callCount: 0,
    groupcallCount: 0,
    dialIndex: 0,
    hangupReason: '',
    tmCreate: at,
    tmUpdate: at,
    tmDelete: null,
  };
}

function newLeg(parent: GroupcallState, id: string, index: number, at: number, deadline: number): LegState {
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

/** A destination's turn has come: what became of it, and in a linear groupcall the dial index moves there. */
function fillSlot(
  draft: TreeDraft,
  groupcallId: string,
  index: number,
  slot: Slot,
  at: number,
  count?: 'callCount' | 'groupcallCount',
): void {
  const groupcall = groupcallOf(draft, groupcallId);
  const slots = groupcall.slots.slice();
  slots[index] = slot;
  change(draft, groupcallId, at, {
    slots,
    ...(groupcall.ringMethod === 'linear' ? { dialIndex: index } : {}),
    ...(count ? { [count]: groupcall[count] + 1 } : {}),
  });
}

function change(draft: TreeDraft, groupcallId: string, at: number, patch: Partial<GroupcallState>): void {
  draft.groupcalls.set(groupcallId, { ...groupcallOf(draft, groupcallId), ...patch, tmUpdate: at });
}

function changeLeg(draft: TreeDraft, legId: string, patch: Partial<LegState>): LegState {
  const leg = { ...draft.legs.get(legId)!, ...patch };
  draft.legs.set(legId, leg);
  return leg;
}

function groupcallOf(draft: TreeDraft, groupcallId: string): GroupcallState {
  return draft.groupcalls.get(groupcallId)!;
}

import type { TreeEvent } from '../../../domain/tree-event.js';
import { NIL_UUID } from '@groupcall/shared';
import { memberId, memberNumber } from '../../../domain/member-id.js';
import type { GroupcallHangupReason, LegHangupReason } from '../../../domain/status.js';
import type { GroupcallState } from '../../../domain/tree-state.js';
import {
  codeOf,
  HANGUP_BY_CODES,
  HANGUP_REASON_CODES,
  idIn,
  numberIn,
  type MembersOf,
} from './member-entries.js';

/**
 * Facts of a turn as numbers: which kind, ms since the turn, and what it says, members by their numbers. What stands in the rows
 * of groupcalls for good is not in here. May be added to, but not put in another order: texts of an earlier release are read.
 */
const KINDS = [
  'groupcall_planned',
  'groupcall_resolved',
  'groupcall_answered',
  'groupcall_hangingup',
  'groupcall_ended',
  'groupcall_deleted',
  'slot_resolving',
  'slot_failed',
  'leg_planned',
  'leg_dialed',
  'leg_ringing',
  'leg_answered',
  'leg_hangingup',
  'leg_ended',
  'late_answer',
] as const satisfies readonly TreeEvent['type'][];
const CODES = Object.fromEntries(KINDS.map((kind, code) => [kind, code])) as Record<
  TreeEvent['type'],
  number
>;

export type PackedFact = [kind: number, later: number, ...(number | string)[]];

/** @param turnAt epoch ms of the turn */
export function packFact(fact: TreeEvent, rootId: string, turnAt: number): PackedFact {
  const kind = CODES[fact.type];
  const later = fact.at - turnAt;
  switch (fact.type) {
    case 'groupcall_planned':
      return [kind, later, numberIn(rootId, fact.spec.id)];
    case 'groupcall_resolved':
    case 'groupcall_hangingup':
    case 'groupcall_deleted':
      return [kind, later, numberIn(rootId, fact.groupcallId)];
    case 'groupcall_answered': {
      const { answerCallId, answerGroupcallId } = fact;
      const place = numberIn(rootId, fact.groupcallId);
      return [kind, later, place, memberNumber(answerCallId), memberNumber(answerGroupcallId)];
    }
    case 'groupcall_ended':
      return [kind, later, numberIn(rootId, fact.groupcallId), codeOf(HANGUP_REASON_CODES, fact.reason)];
    case 'slot_resolving':
      return [kind, later, numberIn(rootId, fact.groupcallId), fact.index];
    case 'slot_failed':
      return [kind, later, numberIn(rootId, fact.groupcallId), fact.index, fact.detail];
    case 'leg_planned': {
      const place = numberIn(rootId, fact.groupcallId);
      return [kind, later, memberNumber(fact.legId), place, fact.index, fact.deadline - fact.at];
    }
    case 'leg_dialed':
      return [kind, later, memberNumber(fact.legId), fact.deadline - fact.at];
    case 'leg_ringing':
    case 'leg_answered':
    case 'late_answer':
      return [kind, later, memberNumber(fact.legId)];
    case 'leg_hangingup': {
      const reason = codeOf(HANGUP_REASON_CODES, fact.reason);
      return [kind, later, memberNumber(fact.legId), reason, Number(fact.answered)];
    }
    case 'leg_ended': {
      const reason = codeOf(HANGUP_REASON_CODES, fact.reason);
      return [kind, later, memberNumber(fact.legId), reason, codeOf(HANGUP_BY_CODES, fact.by)];
    }
  }
}

/** @param groupcallOf a groupcall as its row has it, or had it before it was resolved */
export function factFrom(
  [code, later, ...rest]: PackedFact,
  of: MembersOf,
  turnAt: number,
  groupcallOf: (id: string) => GroupcallState,
): TreeEvent {
  const at = turnAt + later;
  const type = KINDS[code];
  const [first, second, third, fourth] = rest as [number, number, number, number];
  const reason = HANGUP_REASON_CODES[second];
  switch (type) {
    case 'groupcall_planned':
      return { type, at, spec: groupcallOf(idIn(of, first)), ...(first === 0 ? { base: of.base } : {}) };
    case 'groupcall_resolved': {
      const groupcallId = idIn(of, first);
      const { ringMethod, destinations, ownerType, ownerId, origin } = groupcallOf(groupcallId);
      return { type, at, groupcallId, ringMethod, destinations, ownerType, ownerId, origin };
    }
    case 'groupcall_answered':
      return {
        type,
        at,
        groupcallId: idIn(of, first),
        answerCallId: somebody(second, of),
        answerGroupcallId: somebody(third, of),
      };
    case 'groupcall_hangingup':
    case 'groupcall_deleted':
      return { type, at, groupcallId: idIn(of, first) };
    case 'groupcall_ended':
      return { type, at, groupcallId: idIn(of, first), reason: reason as GroupcallHangupReason };
    case 'slot_resolving':
      return { type, at, groupcallId: idIn(of, first), index: second };
    case 'slot_failed':
      return { type, at, groupcallId: idIn(of, first), index: second, detail: String(third) };
    case 'leg_planned': {
      const legId = memberId(of.base, first);
      return { type, at, legId, groupcallId: idIn(of, second), index: third, deadline: at + fourth };
    }
    case 'leg_dialed':
      return { type, at, legId: memberId(of.base, first), deadline: at + second };
    case 'leg_ringing':
    case 'leg_answered':
    case 'late_answer':
      return { type, at, legId: memberId(of.base, first) };
    case 'leg_hangingup': {
      const answered = third === 1;
      return { type, at, legId: memberId(of.base, first), reason: reason as LegHangupReason, answered };
    }
    case 'leg_ended': {
      const by = HANGUP_BY_CODES[third];
      return { type, at, legId: memberId(of.base, first), reason: reason as LegHangupReason, by };
    }
  }
}

function somebody(number: number, { base }: MembersOf): string {
  return number === 0 ? NIL_UUID : memberId(base, number);
}

import { NIL_UUID } from '@groupcall/shared';
import type { Destination } from '../../../domain/destination.js';
import type { Effect } from '../../../domain/effect.js';
import { memberId, memberNumber } from '../../../domain/member-id.js';
import { PublishEffect, RecordedEvents } from '../../../domain/recorded-events.js';
import { standsForItsDestination } from '../../../domain/ring-plan.js';
import type { LegHangupReason } from '../../../domain/status.js';
import type { TreeEvent } from '../../../domain/tree-event.js';
import type { GroupcallState, LegState, TreeState } from '../../../domain/tree-state.js';
import { factFrom, packFact, type PackedFact } from './facts.js';
import {
  codeOf,
  GROUPCALL_STATUS_CODES,
  groupcallEntry,
  groupcallFrom,
  HANGUP_REASON_CODES,
  idIn,
  legEntry,
  legFrom,
  numberIn,
  type GroupcallEntry,
  type LegEntry,
  type MembersOf,
} from './member-entries.js';

/** What the only destination of a root has said before it was asked whom to ring. */
type Unresolved = Pick<GroupcallState, 'destinations' | 'ringMethod' | 'ownerType' | 'ownerId' | 'origin'>;
type GroupcallBefore = [number: number, status: number, tmDelete: number | null, entry: GroupcallEntry];
type LegBefore = [number: number, entry: LegEntry];
type Packed = [
  /** Null: the root's own id. */
  base: string | null,
  at: number,
  eventSequence: number,
  groupcalls: GroupcallBefore[],
  legs: LegBefore[],
  facts: PackedFact[],
  effects: PackedEffect[],
  /** Of a root that was created in this turn to stand for its destination. */
  unresolved?: Unresolved,
];
/** 0: the next public fact is published; a number: that leg is dialled. Then what cannot be said in a number. */
type PackedEffect = number | [leg: number, reason: number, again: 0 | 1] | PackedResolve;
type PackedResolve = {
  readonly groupcall: number;
  readonly index: number;
  readonly destination: Destination;
};

/** What a turn did, and to what. */
export interface PackedTurn {
  readonly before: TreeState;
  readonly after: TreeState;
  readonly effects: readonly Effect[];
}

/**
 * The effects of a turn as a text. Its events are not in it, but what they are made of: the turn's facts, and as much of what
 * was there before as those have changed. The rest stands in the rows of the tree for good.
 */
export function packEffects({ before, after, effects }: PackedTurn): string {
  const facts = factsOf(effects);
  const { rootId, base } = after;
  const at = facts.length === 0 ? 0 : facts[0].at;
  const packed: Packed = [
    base === rootId ? null : base,
    at,
    before.eventSequence,
    [],
    [],
    facts.map((fact) => packFact(fact, rootId, at)),
    effects.map((effect) => packEffect(effect, rootId)),
  ];
  if (before.version > 0) addBefore(packed, facts, before);
  const planned = facts.length > 0 && facts[0].type === 'groupcall_planned' ? facts[0].spec : undefined;
  if (planned && standsForItsDestination(planned)) packed.push(unresolvedOf(planned));
  return JSON.stringify(packed);
}

function factsOf(effects: readonly Effect[]): readonly TreeEvent[] {
  for (const effect of effects) if (effect instanceof PublishEffect) return effect.recorded.facts;
  return [];
}

/** Those members that the facts are about and that were there before, and the groupcalls of such legs. */
function addBefore(packed: Packed, facts: readonly TreeEvent[], before: TreeState): void {
  const { rootId } = before;
  const begin = before.groupcalls.get(rootId)!.tmCreate;
  const [, , , groupcalls, legs] = packed;
  const seen = new Set<string>();
  const addGroupcall = (id: string) => {
    const one = before.groupcalls.get(id);
    if (!one || seen.has(id)) return;
    seen.add(id);
    const status = codeOf(GROUPCALL_STATUS_CODES, one.status);
    groupcalls.push([numberIn(rootId, id), status, one.tmDelete, groupcallEntry(rootId, one, begin)]);
    // What becomes of it changes its parent.
    if (one.masterGroupcallId !== NIL_UUID) addGroupcall(one.masterGroupcallId);
  };
  for (const fact of facts) {
    if ('legId' in fact) {
      const leg = before.legs.get(fact.legId);
      if (leg && !seen.has(leg.id)) {
        seen.add(leg.id);
        legs.push([memberNumber(leg.id), legEntry(rootId, leg, begin)]);
        addGroupcall(leg.groupcallId);
      }
    }
    if ('groupcallId' in fact) addGroupcall(fact.groupcallId);
    else if (fact.type === 'groupcall_planned') addGroupcall(fact.spec.masterGroupcallId);
  }
}

function packEffect(effect: Effect, rootId: string): PackedEffect {
  switch (effect.kind) {
    case 'publish':
      return 0;
    case 'dial':
      return memberNumber(effect.legId);
    case 'hangup':
      return [memberNumber(effect.legId), codeOf(HANGUP_REASON_CODES, effect.reason), effect.again ? 1 : 0];
    case 'resolve': {
      const { groupcallId, index, destination } = effect;
      return { groupcall: numberIn(rootId, groupcallId), index, destination };
    }
  }
}

function unresolvedOf({ destinations, ringMethod, ownerType, ownerId, origin }: Unresolved): Unresolved {
  return { destinations, ringMethod, ownerType, ownerId, origin };
}

/**
 * The effects in their order; events are left out when the tree is gone, since nobody knows then what they were about.
 * @param tree as it is stored now: of the same version as the bundle, or a later one
 */
export function unpackEffects(
  text: string,
  rootId: string,
  tree: TreeState | null,
): { ordinal: number; effect: Effect }[] {
  const [base, at, eventSequence, groupcalls, legs, facts, effects, planned] = JSON.parse(text) as Packed;
  const begin = tree?.groupcalls.get(rootId)?.tmCreate ?? 0;
  const of: MembersOf = { rootId, base: base ?? rootId, begin };
  const recorded =
    tree &&
    new RecordedEvents(
      stateBefore(tree, eventSequence, groupcalls, legs, of),
      facts.map((fact) =>
        factFrom(fact, of, at, (id) => {
          const now = tree.groupcalls.get(id)!;
          return id === rootId && planned && fact[0] === 0 ? { ...now, ...planned } : now;
        }),
      ),
    );
  let published = 0;
  return effects.flatMap((packed, ordinal) => {
    const effect =
      packed === 0 ? recorded && new PublishEffect(rootId, recorded, published++) : effectFrom(packed, of);
    return effect ? [{ ordinal, effect }] : [];
  });
}

function stateBefore(
  tree: TreeState,
  eventSequence: number,
  groupcalls: readonly GroupcallBefore[],
  legs: readonly LegBefore[],
  of: MembersOf,
): TreeState {
  const before = new Map<string, GroupcallState>();
  for (const [number, status, tmDelete, entry] of groupcalls) {
    const now = tree.groupcalls.get(idIn(of, number))!;
    const was = GROUPCALL_STATUS_CODES[status];
    // Once it has ended its reason stands.
    const hangupReason = was === 'hangup' ? now.hangupReason : '';
    before.set(now.id, groupcallFrom(entry, { ...now, status: was, hangupReason, tmDelete }, of));
  }
  const legsBefore = new Map<string, LegState>();
  for (const [number, entry] of legs) {
    const leg = legFrom(number, entry, before.get(idIn(of, entry[0]))!, of);
    legsBefore.set(leg.id, leg);
  }
  return { ...tree, base: of.base, eventSequence, groupcalls: before, legs: legsBefore };
}

function effectFrom(packed: PackedEffect, of: MembersOf): Effect {
  if (typeof packed === 'number') {
    const legId = memberId(of.base, packed);
    return { kind: 'dial', lane: legId, legId };
  }
  if (!Array.isArray(packed)) {
    const { groupcall, index, destination } = packed;
    const groupcallId = idIn(of, groupcall);
    return { kind: 'resolve', lane: `${groupcallId}/${index}`, groupcallId, index, destination };
  }
  const [number, reason, again] = packed;
  const legId = memberId(of.base, number);
  return {
    kind: 'hangup',
    lane: legId,
    legId,
    reason: HANGUP_REASON_CODES[reason] as LegHangupReason,
    ...(again === 1 ? { again: true } : {}),
  };
}

import { NEVER, NIL_UUID } from '@groupcall/shared';
import type { Effect, PublicEvent } from '../domain/effect.js';
import { toGroupcallResource, type GroupcallResource } from '../domain/groupcall-resource.js';
import { toLegResource, type LegResource } from '../domain/leg-resource.js';
import { isResolvable } from '../domain/origin.js';
import type { TreeState } from '../domain/tree-state.js';

/** What a groupcall goes through, as it is while nothing has happened; everything else of it is in its row for good. */
const NEW_GROUPCALL = {
  status: 'progressing',
  answer_call_id: NIL_UUID,
  answer_groupcall_id: NIL_UUID,
  call_count: 0,
  groupcall_count: 0,
  dial_index: 0,
  tm_update: '',
  tm_delete: NEVER,
  hangup_reason: '',
} satisfies Partial<GroupcallResource>;

/** The same of a leg. */
const NEW_LEG = {
  status: 'dialing',
  hangup_reason: '',
  hangup_by: '',
  tm_dial: NEVER,
  tm_ringing: NEVER,
  tm_answer: NEVER,
  tm_hangup: NEVER,
  dial_deadline: '',
} satisfies Partial<LegResource>;

const OF_GROUPCALL = Object.keys(NEW_GROUPCALL) as (keyof typeof NEW_GROUPCALL)[];
const OF_LEG = Object.keys(NEW_LEG) as (keyof typeof NEW_LEG)[];
/** What may still become different while there are destinations whose turn has not come. */
const OF_SLOTS = ['call_ids', 'groupcall_ids'] as const;
/** What may still become different while a groupcall stands for its only destination. */
const OF_RESOLUTION = ['owner_type', 'owner_id', 'destinations', 'ring_method'] as const;

/** An effect without what its tree's rows, or the effects before it in its bundle, say as well. */
type Packed =
  | { readonly kind: 'dial'; readonly legId: string }
  | (Omit<Extract<Effect, { kind: 'hangup' }>, 'lane'> & { readonly lane?: undefined })
  | Extract<Effect, { kind: 'resolve' }>
  | {
      readonly kind: 'publish';
      readonly event: Pick<PublicEvent, 'type' | 'id'> & {
        /** Missing: one more than that of the event before. */
        readonly sequence?: number;
        /** Missing: that of the event before. */
        readonly tm?: string;
        /** Without an id it is about the groupcall of the event before. */
        readonly data: Partial<GroupcallResource>;
        readonly leg?: Partial<LegResource>;
      };
    };

/**
 * The effects of one turn as one text. A turn publishes the same groupcall many times with little changed, and most of it
 * never changes: of each event only that is kept in which it differs from the one before it, and nothing that is in the
 * rows of groupcalls and legs for good.
 */
export function packEffects(effects: readonly Effect[]): string {
  const groupcalls = new Map<string, GroupcallResource>();
  let last: PublicEvent | undefined;
  let leg: Partial<LegResource> = NEW_LEG;
  const packed = effects.map((effect): Packed => {
    if (effect.kind === 'resolve') return effect;
    if (effect.kind === 'dial') return { kind: 'dial', legId: effect.legId };
    if (effect.kind === 'hangup') return { ...effect, lane: undefined };
    const { event } = effect;
    const { type, id, sequence, tm, data } = event;
    const known = groupcalls.get(data.id);
    const some: Partial<GroupcallResource> = last?.data.id === data.id ? {} : { id: data.id };
    addDifference(some, known ?? NEW_GROUPCALL, data, OF_GROUPCALL);
    if (known || !isSettled(data)) addDifference(some, known ?? {}, data, OF_SLOTS);
    if (known || isToBeResolved(data)) addDifference(some, known ?? {}, data, OF_RESOLUTION);
    groupcalls.set(data.id, data);
    let someOfLeg: Partial<LegResource> | undefined;
    if (event.leg) {
      someOfLeg = addDifference({ id: event.leg.id }, leg, event.leg, OF_LEG);
      leg = event.leg;
    }
    const isNext = sequence === (last?.sequence ?? NaN) + 1;
    const isThen = tm === last?.tm;
    last = event;
    return {
      kind: 'publish',
      event: {
        type,
        id,
        sequence: isNext ? undefined : sequence,
        tm: isThen ? undefined : tm,
        data: some,
        leg: someOfLeg,
      },
    };
  });
  return JSON.stringify(packed);
}

/** @param tree as it is stored now: of the same version as the bundle, or a later one */
export function unpackEffects(
  text: string,
  tree: Pick<TreeState, 'rootId' | 'groupcalls' | 'legs'>,
): Effect[] {
  const groupcalls = new Map<string, GroupcallResource>();
  let last: PublicEvent | undefined;
  let leg: Partial<LegResource> = NEW_LEG;
  return (JSON.parse(text) as Packed[]).map((packed): Effect => {
    if (packed.kind === 'resolve') return packed;
    if (packed.kind === 'dial') return { kind: 'dial', lane: packed.legId, legId: packed.legId };
    if (packed.kind === 'hangup') {
      const { kind, legId, reason, again } = packed;
      return { kind, lane: legId, legId, reason, ...(again ? { again } : {}) };
    }
    const { type, id, data: some, leg: someOfLeg } = packed.event;
    const groupcallId = some.id ?? last!.data.id;
    const stored = tree.groupcalls.get(groupcallId);
    const known = groupcalls.get(groupcallId) ?? {
      ...(stored && toGroupcallResource(stored)),
      ...NEW_GROUPCALL,
    };
    const data = { ...known, ...some } as GroupcallResource;
    groupcalls.set(groupcallId, data);
    let ofLeg: { leg?: LegResource } = {};
    if (someOfLeg) {
      const storedLeg = tree.legs.get(someOfLeg.id!);
      leg = {
        ...(storedLeg && toLegResource(storedLeg)),
        ...addDifference({}, {}, leg, OF_LEG),
        ...someOfLeg,
      };
      ofLeg = { leg: leg as LegResource };
    }
    last = {
      type,
      id,
      sequence: packed.event.sequence ?? last!.sequence + 1,
      tm: packed.event.tm ?? last!.tm,
      data,
      ...ofLeg,
    };
    return { kind: 'publish', lane: tree.rootId, event: last };
  });
}

/** Every destination has its leg or its child: nothing is added any more. */
function isSettled({ destinations, call_ids, groupcall_ids }: GroupcallResource): boolean {
  return call_ids.length + groupcall_ids.length === destinations.length;
}

/** Once it has been resolved it rings what the directory has said, and belongs to whom it has said. */
function isToBeResolved({ destinations }: GroupcallResource): boolean {
  return destinations.length === 1 && isResolvable(destinations[0]);
}

/** Puts into `into` what of `keys` must be known besides `before` to make `after`. */
function addDifference<T extends object>(
  into: Partial<T>,
  before: Partial<T>,
  after: Partial<T>,
  keys: readonly (keyof T)[],
): Partial<T> {
  for (const key of keys) if (!isSame(before[key], after[key])) into[key] = after[key];
  return into;
}

/** Lists are made anew for each resource, of the same objects. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => item === b[index]);
}

/** Every lane that the effects are in, once. */
export function lanesIn(effects: readonly Effect[]): string[] {
  return [...new Set(effects.map(({ lane }) => lane))];
}

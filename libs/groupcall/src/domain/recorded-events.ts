import { formatTimestamp } from '@groupcall/shared';
import type { PublicEvent, PublicEventType } from './effect.js';
import { applyTo, draftOf, type TreeDraft } from './evolve.js';
import { resourceWith, toGroupcallResource, type GroupcallResource } from './groupcall-resource.js';
import { toLegResource } from './leg-resource.js';
import { eventId } from './member-id.js';
import type { TreeEvent } from './tree-event.js';
import type { TreeState } from './tree-state.js';

const PUBLIC_TYPE: Partial<Record<TreeEvent['type'], PublicEventType>> = {
  groupcall_planned: 'groupcall_created',
  groupcall_answered: 'groupcall_progressing',
  groupcall_hangingup: 'groupcall_hangingup',
  groupcall_ended: 'groupcall_hangup',
  groupcall_deleted: 'groupcall_deleted',
  leg_dialed: 'groupcall_call_dialed',
  leg_ringing: 'groupcall_call_ringing',
  leg_ended: 'groupcall_call_hangup',
};

/** Whether the world is told of it (SPEC 5). */
export function isPublic(event: TreeEvent): boolean {
  return PUBLIC_TYPE[event.type] !== undefined;
}

/**
 * What a turn tells the world, made when somebody asks for it: the facts are applied once more to what was there before, and
 * each public one shows its groupcall and leg as it left them. Most events of most processes nobody asks for.
 */
export class RecordedEvents {
  private readonly made: PublicEvent[] = [];
  private next = 0;
  private draft?: TreeDraft;
  /** The last one of each groupcall, while its lists are those of the present. */
  private readonly published = new Map<string, GroupcallResource>();

  /** @param facts all of the turn's, in their order; more may come */
  constructor(
    readonly before: TreeState,
    readonly facts: readonly TreeEvent[],
  ) {}

  /** @param index counts the public ones among the facts */
  at(index: number): PublicEvent {
    const draft = (this.draft ??= draftOf(this.before));
    while (this.made.length <= index) {
      const fact = this.facts[this.next];
      this.next += 1;
      applyTo(draft, fact);
      const relisted = relistedBy(fact);
      if (relisted !== undefined) this.published.delete(relisted);
      const type = PUBLIC_TYPE[fact.type];
      if (type) this.made.push(this.make(draft, type, fact));
    }
    return this.made[index];
  }

  private make(draft: TreeDraft, type: PublicEventType, fact: TreeEvent): PublicEvent {
    const sequence = draft.eventSequence;
    const leg = 'legId' in fact ? draft.legs.get(fact.legId) : undefined;
    const groupcallId = leg?.groupcallId ?? ('groupcallId' in fact ? fact.groupcallId : plannedId(fact));
    return {
      type,
      id: eventId(draft.base, sequence, fact.at),
      sequence,
      tm: formatTimestamp(fact.at),
      data: this.resourceOf(draft, groupcallId!),
      ...(leg ? { leg: toLegResource(leg) } : {}),
    };
  }

  /** The lists of a groupcall are the same in all its events until they change: large trees publish it very often. */
  private resourceOf(draft: TreeDraft, groupcallId: string): GroupcallResource {
    const groupcall = draft.groupcalls.get(groupcallId)!;
    const known = this.published.get(groupcallId);
    const resource = known ? resourceWith(groupcall, known) : toGroupcallResource(groupcall);
    this.published.set(groupcallId, resource);
    return resource;
  }
}

/** The order to publish an event. */
export class PublishEffect {
  readonly kind = 'publish' as const;

  /**
   * @param lane the root's id: events of a tree are published one after the other
   * @param index of the event among those recorded
   */
  constructor(
    readonly lane: string,
    readonly recorded: RecordedEvents,
    readonly index: number,
  ) {}

  get event(): PublicEvent {
    return this.recorded.at(this.index);
  }

  /** As it is stored where effects are rows. */
  toJSON(): object {
    return { kind: this.kind, lane: this.lane, event: this.event };
  }
}

function plannedId(fact: TreeEvent): string | undefined {
  return fact.type === 'groupcall_planned' ? fact.spec.id : undefined;
}

/** The groupcall whose destinations, legs or children are others from now on. */
function relistedBy(event: TreeEvent): string | undefined {
  switch (event.type) {
    case 'leg_planned':
    case 'groupcall_resolved':
      return event.groupcallId;
    case 'groupcall_planned':
      return event.spec.masterGroupcallId;
    default:
      return undefined;
  }
}

import type { Effect, PublicEventType } from './effect.js';
import { eventId, memberId } from './member-id.js';
import { applyTo, draftOf, type TreeDraft } from './evolve.js';
import { groupcallNotFound, legNotFound } from './groupcall-error.js';
import { resourceWith, toGroupcallResource, type GroupcallResource } from './groupcall-resource.js';
import { toLegResource } from './leg-resource.js';
import { formatTimestamp } from '@groupcall/shared';
import type { LegHangupReason } from './status.js';
import type { TreeEvent } from './tree-event.js';
import type { GroupcallState, LegState, TreeState } from './tree-state.js';

/** Limits that a decision enforces (SPEC 7); 0 = no limit. */
export interface TreeLimits {
  /** Destinations of one request, nested ones included. */
  readonly destinations: number;
  readonly legsPerTree: number;
  /** Levels of groupcalls in a tree, the root included. */
  readonly depth: number;
}

/** All that a decision may know besides the tree and the command. */
export interface DecisionContext {
  /** Epoch ms by the database's clock. */
  readonly now: number;
  readonly limits: TreeLimits;
  /** False: the customer's live legs are at their limit, a new leg fails instead of being dialled. */
  readonly mayPlanLegs: boolean;
}

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

/**
 * A decision being made: facts are told to it one by one, each changes the draft at once, and those that the world
 * may know are published with the tree's next sequence number. Several commands may share one turn (coalescing).
 */
export class Turn {
  readonly state: TreeDraft;
  readonly events: TreeEvent[] = [];
  readonly effects: Effect[] = [];
  /** The last one of each groupcall, while its lists are those of the present. */
  private readonly published = new Map<string, GroupcallResource>();

  constructor(
    before: TreeState,
    readonly context: DecisionContext,
  ) {
    this.state = draftOf(before);
  }

  get now(): number {
    return this.context.now;
  }

  emit(event: TreeEvent): void {
    applyTo(this.state, event);
    this.events.push(event);
    const relisted = relistedBy(event);
    if (relisted !== undefined) this.published.delete(relisted);
    const type = PUBLIC_TYPE[event.type];
    if (type) this.publish(type, event);
  }

  /** @throws GroupcallError NOT_FOUND */
  groupcall(id: string): GroupcallState {
    const groupcall = this.state.groupcalls.get(id);
    if (!groupcall) throw groupcallNotFound(id);
    return groupcall;
  }

  /** @throws GroupcallError NOT_FOUND */
  leg(id: string): LegState {
    const leg = this.state.legs.get(id);
    if (!leg) throw legNotFound(id);
    return leg;
  }

  /**
   * The id of the tree's next leg or child. It follows from the tree alone, so that `decide` needs no random source, a lost
   * commit decides the same ids again, and a replay gives the same calls.
   */
  nextId(): string {
    const { base, groupcalls, legs } = this.state;
    return memberId(base, groupcalls.size + legs.size);
  }

  dial(legId: string): void {
    this.effects.push({ kind: 'dial', lane: legId, legId });
  }

  /** @param again the leg has answered although it was being hung up or had ended */
  hangup(legId: string, reason: LegHangupReason, again = false): void {
    this.effects.push({ kind: 'hangup', lane: legId, legId, reason, ...(again ? { again } : {}) });
  }

  resolve(groupcallId: string, index: number): void {
    const destination = this.groupcall(groupcallId).destinations[index];
    this.effects.push({ kind: 'resolve', lane: `${groupcallId}/${index}`, groupcallId, index, destination });
  }

  private publish(type: PublicEventType, event: TreeEvent): void {
    const sequence = this.state.eventSequence;
    const leg = 'legId' in event ? this.leg(event.legId) : undefined;
    const groupcallId =
      leg?.groupcallId ?? ('groupcallId' in event ? event.groupcallId : this.plannedId(event));
    this.effects.push({
      kind: 'publish',
      lane: this.state.rootId,
      event: {
        type,
        id: eventId(this.state.base, sequence, event.at),
        sequence,
        tm: formatTimestamp(event.at),
        data: this.resourceOf(groupcallId),
        ...(leg ? { leg: toLegResource(leg) } : {}),
      },
    });
  }

  /** The lists of a groupcall are the same in all its events until they change: large trees publish it very often. */
  private resourceOf(groupcallId: string): GroupcallResource {
    const groupcall = this.groupcall(groupcallId);
    const known = this.published.get(groupcallId);
    const resource = known ? resourceWith(groupcall, known) : toGroupcallResource(groupcall);
    this.published.set(groupcallId, resource);
    return resource;
  }

  private plannedId(event: TreeEvent): string {
    return event.type === 'groupcall_planned' ? event.spec.id : this.state.rootId;
  }
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

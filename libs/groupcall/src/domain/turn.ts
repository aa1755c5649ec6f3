import type { Effect } from './effect.js';
import { memberId } from './member-id.js';
import { isPublic, PublishEffect, RecordedEvents } from './recorded-events.js';
import { applyTo, draftOf, type TreeDraft } from './evolve.js';
import { groupcallNotFound, legNotFound } from './groupcall-error.js';
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
  /** True: nobody is to be told of what happens. Events have their numbers all the same. */
  readonly isSilent?: boolean;
}

/**
 * A decision being made: facts are told to it one by one, each changes the draft at once, and those that the world
 * may know are published with the tree's next sequence number. Several commands may share one turn (coalescing).
 */
export class Turn {
  readonly state: TreeDraft;
  readonly events: TreeEvent[] = [];
  readonly effects: Effect[] = [];
  private readonly recorded: RecordedEvents;
  private published = 0;

  constructor(
    before: TreeState,
    readonly context: DecisionContext,
  ) {
    this.state = draftOf(before);
    this.recorded = new RecordedEvents(before, this.events);
  }

  get now(): number {
    return this.context.now;
  }

  emit(event: TreeEvent): void {
    applyTo(this.state, event);
    this.events.push(event);
    if (this.context.isSilent || !isPublic(event)) return;
    this.effects.push(new PublishEffect(this.state.rootId, this.recorded, this.published));
    this.published += 1;
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
}

import type { GroupcallResource } from '../domain/groupcall-resource.js';
import type { LegResource } from '../domain/leg-resource.js';
import type { GroupcallStatus, LegStatus, RingMethod } from '../domain/status.js';

export interface GroupcallFilter {
  /** As it is now. */
  status?: GroupcallStatus;
  /** `ring_all` or `linear`. */
  ring_method?: RingMethod;
  /** Those rung on behalf of this call. */
  master_call_id?: string;
  /** Those nested directly in this one. */
  master_groupcall_id?: string;
  /** Those that belong to this agent. */
  owner_id?: string;
  /** Those created with this flow. */
  flow_id?: string;
}

/** A position in a list, newest first: everything strictly older follows. `tmCreate` in epoch ms. */
export interface ListPosition {
  /** When it was created, epoch ms. */
  readonly tmCreate: number;
  /** Tells those of one millisecond apart. */
  readonly id: string;
}

export interface Page<T> {
  /** Newest first. */
  readonly items: T[];
  /** Where the next page starts, null when there is no more. */
  readonly next: ListPosition | null;
}

export interface ListRequest<F> {
  /** Whose. */
  readonly customerId: string;
  /** Every condition given must hold. */
  readonly filter: F;
  /** Where the page before has ended, null for the first. */
  readonly after: ListPosition | null;
  /** 1–100. */
  readonly pageSize: number;
}

export interface LegFilter {
  /** Legs of this groupcall, not of those nested in it. */
  groupcall_id?: string;
  /** As it is now. */
  status?: LegStatus;
  /** Only legs of groupcalls with this `owner_id`: what an agent may see. */
  owner_id?: string;
}

/**
 * Reads for people and services; they go straight to the tables and never wake a tree (DESIGN). Everything is scoped
 * to the customer: somebody else's id is not found. Never used to decide.
 */
export abstract class GroupcallReader {
  /** Deleted ones too. */
  abstract findGroupcall(customerId: string, id: string): Promise<GroupcallResource | null>;

  /** Newest first, children included, deleted ones not. Stable under inserts and equal timestamps. */
  abstract listGroupcalls(request: ListRequest<GroupcallFilter>): Promise<Page<GroupcallResource>>;

  /** Legs of one groupcall, or of the whole tree it belongs to; in order of creation. Null: no such groupcall. */
  abstract findLegsOf(
    customerId: string,
    groupcallId: string,
    wholeTree: boolean,
  ): Promise<LegResource[] | null>;

  /** One leg, or null. */
  abstract findLeg(customerId: string, id: string): Promise<LegResource | null>;

  /**
   * Legs of groupcalls that are in the list, the newest groupcall first and in it the newest leg; of `groupcall_id` also when
   * it was deleted. A position says when the leg's groupcall was created.
   */
  abstract listLegs(request: ListRequest<LegFilter>): Promise<Page<LegResource>>;
}

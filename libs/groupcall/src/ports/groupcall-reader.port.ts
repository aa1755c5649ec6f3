import type { GroupcallResource } from '../domain/groupcall-resource.js';
import type { LegResource } from '../domain/leg-resource.js';
import type { GroupcallStatus, LegStatus, RingMethod } from '../domain/status.js';

export interface GroupcallFilter {
  status?: GroupcallStatus;
  ring_method?: RingMethod;
  master_call_id?: string;
  master_groupcall_id?: string;
  owner_id?: string;
  flow_id?: string;
}

/** A position in a list, newest first: everything strictly older follows. `tmCreate` in epoch ms. */
export interface ListPosition {
  readonly tmCreate: number;
  readonly id: string;
}

export interface Page<T> {
  readonly items: T[];
  /** Where the next page starts, null when there is no more. */
  readonly next: ListPosition | null;
}

export interface ListRequest<F> {
  readonly customerId: string;
  readonly filter: F;
  readonly after: ListPosition | null;
  /** 1–100. */
  readonly pageSize: number;
}

export interface LegFilter {
  groupcall_id?: string;
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

  abstract findLeg(customerId: string, id: string): Promise<LegResource | null>;

  /** Newest first. */
  abstract listLegs(request: ListRequest<LegFilter>): Promise<Page<LegResource>>;
}

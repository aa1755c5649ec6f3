import {
  GroupcallReader,
  type GroupcallFilter,
  type GroupcallResource,
  type LegResource,
} from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import type { Scope } from '../auth/index.js';
import { notFound } from '../http/api-error.js';
import { PageTokens } from '../http/page-tokens.js';
import type { ListGroupcallsQuery } from './dto/list-groupcalls.query.js';

export interface GroupcallPage {
  result: GroupcallResource[];
  next_page_token: string;
}

/** Groupcalls as far as a caller may see them: of one customer, and for an agent only the agent's own. */
@Injectable()
export class VisibleGroupcalls {
  constructor(
    private readonly reader: GroupcallReader,
    private readonly pageTokens: PageTokens,
  ) {}

  async list({ customerId, ownerId }: Scope, query: ListGroupcallsQuery): Promise<GroupcallPage> {
    const { status, ring_method, master_call_id, master_groupcall_id, owner_id, flow_id } = query;
    const filter: GroupcallFilter = {
      status,
      ring_method,
      master_call_id,
      master_groupcall_id,
      owner_id,
      flow_id,
    };
    const about = ['groupcalls', customerId, ownerId, Object.entries(filter)];
    const after = this.pageTokens.read(query.page_token, about);
    if (ownerId !== null) {
      if (owner_id !== undefined && owner_id !== ownerId) return { result: [], next_page_token: '' };
      filter.owner_id = ownerId;
    }
    const page = await this.reader.listGroupcalls({ customerId, filter, after, pageSize: query.page_size });
    return { result: page.items, next_page_token: this.pageTokens.issue(page.next, about) };
  }

  /** @throws ApiError NOT_FOUND, also for one that exists and is not the caller's to see */
  async get({ customerId, ownerId }: Scope, id: string): Promise<GroupcallResource> {
    const groupcall = await this.reader.findGroupcall(customerId, id);
    if (!groupcall || (ownerId !== null && groupcall.owner_id !== ownerId)) throw notFound('groupcall');
    return groupcall;
  }

  /** @throws ApiError NOT_FOUND like {@link get} */
  async legsOf(scope: Scope, id: string, wholeTree: boolean): Promise<LegResource[]> {
    const groupcall = await this.get(scope, id);
    const legs = await this.reader.findLegsOf(scope.customerId, id, wholeTree);
    if (!legs) throw notFound('groupcall');
    if (scope.ownerId === null || !wholeTree) return legs;
    // An agent's groupcall may hang in a tree with other people's phones.
    const seen = new Map<string, Promise<boolean>>([[groupcall.id, Promise.resolve(true)]]);
    const mayShow = await Promise.all(
      legs.map(({ groupcall_id: owner }) => {
        if (!seen.has(owner)) seen.set(owner, this.owns(scope, owner));
        return seen.get(owner)!;
      }),
    );
    return legs.filter((_, index) => mayShow[index]);
  }

  /** Whether the caller may see this groupcall. */
  async owns(scope: Scope, id: string): Promise<boolean> {
    if (scope.ownerId === null) return true;
    const groupcall = await this.reader.findGroupcall(scope.customerId, id);
    return groupcall?.owner_id === scope.ownerId;
  }
}

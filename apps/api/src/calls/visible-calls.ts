import { GroupcallReader, type LegFilter, type LegResource } from '@groupcall/groupcall';
import { Injectable } from '@nestjs/common';
import type { Scope } from '../auth/index.js';
import { VisibleGroupcalls } from '../groupcalls/visible-groupcalls.js';
import { notFound } from '../http/api-error.js';
import { PageTokens } from '../http/page-tokens.js';
import type { ListCallsQuery } from './dto/list-calls.query.js';

export interface CallPage {
  result: LegResource[];
  next_page_token: string;
}

/** Legs as far as a caller may see them: those of the groupcalls that the caller may see. */
@Injectable()
export class VisibleCalls {
  constructor(
    private readonly reader: GroupcallReader,
    private readonly groupcalls: VisibleGroupcalls,
    private readonly pageTokens: PageTokens,
  ) {}

  async list(
    { customerId, ownerId }: Scope,
    { groupcall_id, status, page_size, page_token }: ListCallsQuery,
  ): Promise<CallPage> {
    const filter: LegFilter = { groupcall_id, status, owner_id: ownerId ?? undefined };
    const about = ['calls', customerId, Object.entries(filter)];
    const after = this.pageTokens.read(page_token, about);
    const page = await this.reader.listLegs({ customerId, filter, after, pageSize: page_size });
    return { result: page.items, next_page_token: this.pageTokens.issue(page.next, about) };
  }

  /** @throws ApiError NOT_FOUND, also for one that exists and is not the caller's to see */
  async get(scope: Scope, id: string): Promise<LegResource> {
    const leg = await this.reader.findLeg(scope.customerId, id);
    if (!leg || !(await this.groupcalls.owns(scope, leg.groupcall_id))) throw notFound('call');
    return leg;
  }
}

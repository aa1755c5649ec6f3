import type { LegResource } from '@groupcall/groupcall';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentScope, Roles, ROLES, type Scope } from '../auth/index.js';
import { ApiCustomerRoute, ApiErrors } from '../http/api-docs.decorators.js';
import { CustomerQuery } from '../http/customer.query.js';
import { UuidPipe } from '../http/validation.js';
import { LegDto, LegPageDto } from './dto/leg.dto.js';
import { ListCallsQuery } from './dto/list-calls.query.js';
import { VisibleCalls } from './visible-calls.js';

/** The legs of the caller's customer (SPEC 6). */
@ApiTags('calls')
@ApiCustomerRoute()
@Roles(...ROLES)
@Controller('calls')
export class CallsController {
  constructor(private readonly visible: VisibleCalls) {}

  @Get()
  @ApiOperation({ summary: 'List calls', description: 'Newest first.' })
  @ApiOkResponse({ type: LegPageDto })
  list(@CurrentScope() scope: Scope, @Query() query: ListCallsQuery) {
    return this.visible.list(scope, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a call' })
  @ApiOkResponse({ type: LegDto })
  @ApiErrors(404)
  get(
    @CurrentScope() scope: Scope,
    @Param('id', UuidPipe) id: string,
    @Query() _query: CustomerQuery,
  ): Promise<LegResource> {
    return this.visible.get(scope, id);
  }
}

import {
  DeleteGroupcallCommand,
  HangupCommand,
  RingPreviewer,
  type GroupcallResource,
  type LegResource,
  type RingPreview,
} from '@groupcall/groupcall';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentScope, CUSTOMER_WRITERS, Roles, ROLES, type Scope } from '../auth/index.js';
import { LegListDto } from '../calls/dto/leg.dto.js';
import { ApiCustomerRoute, ApiErrors } from '../http/api-docs.decorators.js';
import { CustomerQuery } from '../http/customer.query.js';
import { expectNoBody } from '../http/no-body.js';
import { UuidPipe } from '../http/validation.js';
import { createGroupcall, pathOfGroupcall } from './create-groupcall.js';
import { CreateGroupcallDto, toCreateInput } from './dto/create-groupcall.dto.js';
import { GroupcallDto, GroupcallPageDto } from './dto/groupcall.dto.js';
import { RingPreviewDto } from './dto/ring-preview.dto.js';
import { ListGroupcallsQuery, ListLegsOfGroupcallQuery } from './dto/list-groupcalls.query.js';
import { VisibleGroupcalls } from './visible-groupcalls.js';

/** SPEC 6. Writes go over the CommandBus like everybody else's; reads go to the tables. */
@ApiTags('groupcalls')
@ApiCustomerRoute()
@Roles(...ROLES)
@Controller('groupcalls')
export class GroupcallsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly visible: VisibleGroupcalls,
    private readonly previewer: RingPreviewer,
  ) {}

  @Post()
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({
    summary: 'Ring many destinations',
    description:
      'The first answer wins and everybody else is hung up. Answers when it is stored: nothing has been dialled yet.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Same key and body: the same groupcall. Same key, other body: 409',
  })
  @ApiBody({ type: CreateGroupcallDto })
  @ApiCreatedResponse({
    type: GroupcallDto,
    headers: { Location: { description: 'Its path', schema: { type: 'string' } } },
  })
  @ApiErrors(409, 413, 415, 429)
  async create(
    @CurrentScope() { customerId }: Scope,
    @Body() body: unknown,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Query() _query: CustomerQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GroupcallResource> {
    const groupcall = await createGroupcall(this.commands, body, customerId, idempotencyKey);
    response.location(pathOfGroupcall(groupcall));
    return groupcall;
  }

  @Post('preview')
  @HttpCode(200)
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({
    summary: 'See what a request would let ring when',
    description:
      'Decided by the rules of the real thing, for the case that nobody answers. Nothing is stored or dialled. A request that would be refused gets warnings instead of rings.',
  })
  @ApiBody({ type: CreateGroupcallDto })
  @ApiOkResponse({ type: RingPreviewDto })
  @ApiErrors(413, 415)
  preview(
    @CurrentScope() { customerId }: Scope,
    @Body() body: unknown,
    @Query() _query: CustomerQuery,
  ): Promise<RingPreview> {
    return this.previewer.preview(toCreateInput(body, customerId, undefined));
  }

  @Get()
  @ApiOperation({
    summary: 'List groupcalls',
    description: 'Newest first, children included, deleted ones not.',
  })
  @ApiOkResponse({ type: GroupcallPageDto })
  list(@CurrentScope() scope: Scope, @Query() query: ListGroupcallsQuery) {
    return this.visible.list(scope, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a groupcall', description: 'Deleted ones too.' })
  @ApiOkResponse({ type: GroupcallDto })
  @ApiErrors(404)
  get(
    @CurrentScope() scope: Scope,
    @Param('id', UuidPipe) id: string,
    @Query() _query: CustomerQuery,
  ): Promise<GroupcallResource> {
    return this.visible.get(scope, id);
  }

  @Get(':id/legs')
  @ApiOperation({ summary: 'Read the legs of a groupcall, or of its whole tree' })
  @ApiOkResponse({ type: LegListDto })
  @ApiErrors(404)
  async legs(
    @CurrentScope() scope: Scope,
    @Param('id', UuidPipe) id: string,
    @Query() { tree }: ListLegsOfGroupcallQuery,
  ): Promise<{ result: LegResource[] }> {
    return { result: await this.visible.legsOf(scope, id, tree === 'true') };
  }

  @Post(':id/hangup')
  @HttpCode(200)
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({
    summary: 'Hang up a groupcall and everything below it',
    description: 'An ended one stays as it is.',
  })
  @ApiOkResponse({ type: GroupcallDto })
  @ApiErrors(404)
  async hangup(
    @CurrentScope() { customerId }: Scope,
    @Param('id', UuidPipe) id: string,
    @Body() body: unknown,
    @Query() _query: CustomerQuery,
  ): Promise<GroupcallResource> {
    expectNoBody(body);
    return this.commands.execute(new HangupCommand({ groupcallId: id, customerId }));
  }

  @Delete(':id')
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({
    summary: 'Hang up a root groupcall if needed and take it out of the lists',
    description: 'Stays readable by its id.',
  })
  @ApiOkResponse({ type: GroupcallDto })
  @ApiErrors(404, 409)
  async delete(
    @CurrentScope() { customerId }: Scope,
    @Param('id', UuidPipe) id: string,
    @Body() body: unknown,
    @Query() _query: CustomerQuery,
  ): Promise<GroupcallResource> {
    expectNoBody(body);
    return this.commands.execute(new DeleteGroupcallCommand({ groupcallId: id, customerId }));
  }
}

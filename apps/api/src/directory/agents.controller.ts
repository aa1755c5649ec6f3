import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentScope, CUSTOMER_WRITERS, Roles, ROLES, type Scope } from '../auth/index.js';
import { notFound } from '../http/api-error.js';
import { UuidPipe } from '../http/validation.js';
import { readAgent } from './agent.input.js';
import { Directory } from './directory.js';
import { AGENT_BODY, toAgentResource, type AgentResource } from './directory.resources.js';
import { ApiCustomerRoute } from '../http/api-docs.decorators.js';

/** The reference host's own agents (SPEC 6). */
@ApiTags('directory')
@ApiCustomerRoute()
@ApiParam({ name: 'id', format: 'uuid' })
@Controller('agents')
export class AgentsController {
  constructor(private readonly directory: Directory) {}

  @Put(':id')
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({ summary: 'Store an agent, new or not, as a whole' })
  @ApiBody(AGENT_BODY)
  @ApiOkResponse({ description: 'The agent as stored; addresses in canonical form.' })
  @ApiBadRequestResponse({ description: 'Details name each bad field, such as addresses[1].target.' })
  async put(
    @CurrentScope() scope: Scope,
    @Param('id', UuidPipe) id: string,
    @Body() body: unknown,
  ): Promise<AgentResource> {
    return toAgentResource(await this.directory.putAgent(scope.customerId, id, readAgent(body)));
  }

  @Get(':id')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Get an agent' })
  @ApiOkResponse({ description: 'The agent.' })
  @ApiNotFoundResponse({ description: 'There is no such agent for this customer.' })
  async get(@CurrentScope() scope: Scope, @Param('id', UuidPipe) id: string): Promise<AgentResource> {
    const agent = await this.directory.findAgent(scope.customerId, id);
    if (!agent || !isVisible(scope, agent.id)) throw notFound('agent');
    return toAgentResource(agent);
  }

  @Delete(':id')
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({ summary: 'Remove an agent', description: 'Groupcalls that ring already go on.' })
  @ApiOkResponse({ description: 'The agent as it was.' })
  @ApiNotFoundResponse({ description: 'There is no such agent for this customer.' })
  async remove(@CurrentScope() scope: Scope, @Param('id', UuidPipe) id: string): Promise<AgentResource> {
    const agent = await this.directory.findAgent(scope.customerId, id);
    if (!agent || !(await this.directory.removeAgent(scope.customerId, id))) throw notFound('agent');
    return toAgentResource(agent);
  }
}

/** An agent reads only what is that agent's own (SPEC 6). */
function isVisible(scope: Scope, ownerId: string): boolean {
  return scope.ownerId === null || scope.ownerId === ownerId;
}

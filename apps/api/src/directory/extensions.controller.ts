import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentScope, CUSTOMER_WRITERS, Roles, ROLES, type Scope } from '../auth/index.js';
import { notFound } from '../http/api-error.js';
import { Directory } from './directory.js';
import { EXTENSION_BODY, toExtensionResource, type ExtensionResource } from './directory.resources.js';
import type { Extension } from './extension.entity.js';
import { problemsOfName, readExtension } from './extension.input.js';
import { ApiCustomerRoute } from '../http/api-docs.decorators.js';

/** The reference host's own extensions and the phones registered for them (SPEC 6). */
@ApiTags('directory')
@ApiCustomerRoute()
@Controller('extensions')
export class ExtensionsController {
  constructor(private readonly directory: Directory) {}

  @Put(':name')
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({ summary: 'Store an extension, new or not, as a whole' })
  @ApiBody(EXTENSION_BODY)
  @ApiOkResponse({ description: 'The extension as stored; contacts in canonical form.' })
  @ApiBadRequestResponse({ description: 'Details name each bad field, such as contacts[1].' })
  async put(
    @CurrentScope() scope: Scope,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<ExtensionResource> {
    const input = readExtension(name, body);
    return toExtensionResource(await this.directory.putExtension(scope.customerId, name, input));
  }

  @Get(':name')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'Get an extension' })
  @ApiOkResponse({ description: 'The extension.' })
  @ApiNotFoundResponse({ description: 'There is no such extension for this customer.' })
  async get(@CurrentScope() scope: Scope, @Param('name') name: string): Promise<ExtensionResource> {
    const extension = await this.find(scope, name);
    // An agent reads only what is that agent's own (SPEC 6).
    if (scope.ownerId !== null && scope.ownerId !== extension.agentId) throw notFound('extension');
    return toExtensionResource(extension);
  }

  @Delete(':name')
  @Roles(...CUSTOMER_WRITERS)
  @ApiOperation({ summary: 'Remove an extension', description: 'Groupcalls that ring already go on.' })
  @ApiOkResponse({ description: 'The extension as it was.' })
  @ApiNotFoundResponse({ description: 'There is no such extension for this customer.' })
  async remove(@CurrentScope() scope: Scope, @Param('name') name: string): Promise<ExtensionResource> {
    const extension = await this.find(scope, name);
    if (!(await this.directory.removeExtension(scope.customerId, name))) throw notFound('extension');
    return toExtensionResource(extension);
  }

  private async find(scope: Scope, name: string): Promise<Extension> {
    // A name that could not be stored cannot even be asked for.
    const extension =
      problemsOfName(name).length > 0 ? null : await this.directory.findExtension(scope.customerId, name);
    if (!extension) throw notFound('extension');
    return extension;
  }
}

import { CreateGroupcallCommand, type GroupcallResource } from '@groupcall/groupcall';
import type { CommandBus } from '@nestjs/cqrs';
import { toCreateInput } from './dto/create-groupcall.dto.js';

/** @throws ApiError INVALID_ARGUMENT for a body that is no such request, and what the command throws */
export function createGroupcall(
  commands: CommandBus,
  body: unknown,
  customerId: string,
  idempotencyKey: string | undefined,
): Promise<GroupcallResource> {
  return commands.execute(new CreateGroupcallCommand(toCreateInput(body, customerId, idempotencyKey)));
}

export function pathOfGroupcall({ id }: GroupcallResource): string {
  return `/groupcalls/${id}`;
}

import { Command } from '@nestjs/cqrs';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';

/**
 * Hang up a root groupcall if needed and take it, with its children, out of the lists. Readable by id for ever; repeating changes nothing.
 * SPEC 4.9.
 */
export class DeleteGroupcallCommand extends Command<GroupcallResource> {
  readonly type = 'delete_groupcall' as const;
  readonly groupcallId: string;
  readonly customerId?: string;

  constructor(input: { groupcallId: string; customerId?: string }) {
    super();
    this.groupcallId = input.groupcallId;
    this.customerId = input.customerId;
  }
}

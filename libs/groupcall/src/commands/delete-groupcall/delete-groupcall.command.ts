import { Command } from '@nestjs/cqrs';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';

/**
 * Hang up a root groupcall if needed and take it, with its children, out of the lists. Readable by id for ever; repeating changes nothing.
 * SPEC 4.9.
 */
export class DeleteGroupcallCommand extends Command<GroupcallResource> {
  /** Tells the commands apart. */
  readonly type = 'delete_groupcall' as const;
  /** Any groupcall of a tree, nested ones too. */
  readonly groupcallId: string;
  /** Given: somebody else's is not found. Missing: every customer's. */
  readonly customerId?: string;

  constructor(input: { groupcallId: string; customerId?: string }) {
    super();
    this.groupcallId = input.groupcallId;
    this.customerId = input.customerId;
  }
}

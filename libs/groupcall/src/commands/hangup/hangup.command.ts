import { Command } from '@nestjs/cqrs';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';

/**
 * Hang up a groupcall and everything below it. On an ended groupcall: unchanged.
 * SPEC 4.8.
 */
export class HangupCommand extends Command<GroupcallResource> {
  /** Tells the commands apart. */
  readonly type = 'hangup' as const;
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

import { Command } from '@nestjs/cqrs';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';

/**
 * Hang up every phone of an answered tree except the winner's: what `answer_method` `hangup_others` does by itself, on
 * demand for `""`. Safe to repeat.
 * SPEC 4.3.
 */
export class HangupOthersCommand extends Command<GroupcallResource> {
  /** Tells the commands apart. */
  readonly type = 'hangup_others' as const;
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

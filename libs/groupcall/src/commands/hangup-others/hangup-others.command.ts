import { Command } from '@nestjs/cqrs';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';

/**
 * Hang up every phone of an answered tree except the winner's: what `answer_method` `hangup_others` does by itself, on
 * demand for `""`. Safe to repeat.
 * SPEC 4.3.
 */
export class HangupOthersCommand extends Command<GroupcallResource> {
  readonly type = 'hangup_others' as const;
  readonly groupcallId: string;
  readonly customerId?: string;

  constructor(input: { groupcallId: string; customerId?: string }) {
    super();
    this.groupcallId = input.groupcallId;
    this.customerId = input.customerId;
  }
}

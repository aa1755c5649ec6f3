import { Command } from '@nestjs/cqrs';
import type { BatchProgress } from '../../runtime/tree-batches.js';

/**
 * The customer is frozen: a hangup request for every live tree of it, any number, in bounded batches.
 * Resolves when every tree's part is durable, with how many there were. Safe to repeat and to repeat half done.
 * SPEC 4.10.
 */
export class FreezeCustomerCommand extends Command<BatchProgress> {
  /** Tells the commands apart. */
  readonly type = 'freeze_customer' as const;
  /** Whose groupcalls. */
  readonly customerId: string;
  /** Told after every batch, so that a long run can be watched. Stays in this process. */
  readonly onProgress?: (progress: BatchProgress) => void;

  constructor(input: { customerId: string; onProgress?: (progress: BatchProgress) => void }) {
    super();
    this.customerId = input.customerId;
    this.onProgress = input.onProgress;
  }
}

import { Command } from '@nestjs/cqrs';
import type { BatchProgress } from '../../runtime/tree-batches.js';

/**
 * The call on whose behalf was rung has ended: a hangup request for every live tree with that `master_call_id`.
 * Resolves when every tree's part is durable, with how many there were. Safe to repeat and to repeat half done.
 * SPEC 4.10.
 */
export class HandleMasterCallHangupCommand extends Command<BatchProgress> {
  /** Tells the commands apart. */
  readonly type = 'handle_master_call_hangup' as const;
  /** The call that has ended; never the nil UUID. */
  readonly masterCallId: string;
  /** Told after every batch, so that a long run can be watched. Stays in this process. */
  readonly onProgress?: (progress: BatchProgress) => void;

  constructor(input: { masterCallId: string; onProgress?: (progress: BatchProgress) => void }) {
    super();
    this.masterCallId = input.masterCallId;
    this.onProgress = input.onProgress;
  }
}

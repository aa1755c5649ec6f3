import { Command } from '@nestjs/cqrs';
import type { LegHangupReason } from '../../domain/status.js';

/**
 * The gateway says that the leg has ended. Counted once, whatever arrives twice. A `reason` that is none of
 * LEG_HANGUP_REASONS (SPEC 2) counts as `normal` when the leg had been answered, else as `failed`.
 * SPEC 4.6.
 */
export class HandleHangupCommand extends Command<void> {
  /** Tells the commands apart. */
  readonly type = 'handle_hangup' as const;
  /** The id that the gateway's `createCall` was given. */
  readonly legId: string;
  /** What the network said. */
  readonly reason: LegHangupReason;
  /** Given: somebody else's is not found. Missing: every customer's. */
  readonly customerId?: string;

  constructor(input: { legId: string; reason: LegHangupReason; customerId?: string }) {
    super();
    this.legId = input.legId;
    this.reason = input.reason;
    this.customerId = input.customerId;
  }
}

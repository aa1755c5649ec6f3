import { Command } from '@nestjs/cqrs';
import type { LegHangupReason } from '../../domain/status.js';

/**
 * The gateway says that the leg has ended. Counted once, whatever arrives twice.
 * SPEC 4.6.
 */
export class HandleHangupCommand extends Command<void> {
  readonly type = 'handle_hangup' as const;
  readonly legId: string;
  readonly reason: LegHangupReason;
  readonly customerId?: string;

  constructor(input: { legId: string; reason: LegHangupReason; customerId?: string }) {
    super();
    this.legId = input.legId;
    this.reason = input.reason;
    this.customerId = input.customerId;
  }
}

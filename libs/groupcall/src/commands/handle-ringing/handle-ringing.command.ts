import { Command } from '@nestjs/cqrs';

/**
 * The gateway says that the leg rings. Repeats, and a ringing that arrives after the answer or the end, change nothing.
 * SPEC 4, legs and notifications.
 */
export class HandleRingingCommand extends Command<void> {
  /** Tells the commands apart. */
  readonly type = 'handle_ringing' as const;
  /** The id that the gateway's `createCall` was given. */
  readonly legId: string;
  /** Given: somebody else's is not found. Missing: every customer's. */
  readonly customerId?: string;

  constructor(input: { legId: string; customerId?: string }) {
    super();
    this.legId = input.legId;
    this.customerId = input.customerId;
  }
}

import { Command } from '@nestjs/cqrs';

/**
 * The gateway says that the leg rings. Repeats, and a ringing that arrives after the answer or the end, change nothing.
 * SPEC 4, legs and notifications.
 */
export class HandleRingingCommand extends Command<void> {
  readonly type = 'handle_ringing' as const;
  readonly legId: string;
  readonly customerId?: string;

  constructor(input: { legId: string; customerId?: string }) {
    super();
    this.legId = input.legId;
    this.customerId = input.customerId;
  }
}

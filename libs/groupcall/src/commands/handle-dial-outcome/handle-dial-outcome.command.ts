import { Command } from '@nestjs/cqrs';
import type { DialOutcome } from '../../domain/dial-outcome.js';

/**
 * What became of a dial that the relay handed to the gateway. Internal: sent by the relay, safe to repeat.
 * SPEC 4.11.
 */
export class HandleDialOutcomeCommand extends Command<void> {
  readonly type = 'handle_dial_outcome' as const;
  readonly rootId: string;
  readonly legId: string;
  readonly outcome: DialOutcome;

  constructor(input: { rootId: string; legId: string; outcome: DialOutcome }) {
    super();
    this.rootId = input.rootId;
    this.legId = input.legId;
    this.outcome = input.outcome;
  }
}

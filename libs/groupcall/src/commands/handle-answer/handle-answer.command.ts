import { Command } from '@nestjs/cqrs';
import type { AnswerOutcome } from './handle-answer.decide.js';

/**
 * The gateway says that the leg was answered. The first accepted answer of the tree wins; every other one is hung up.
 * Safe to repeat: the winner stays the winner, a loser is hung up again.
 * SPEC 4.3, 4.4.
 */
export class HandleAnswerCommand extends Command<AnswerOutcome> {
  /** Tells the commands apart. */
  readonly type = 'handle_answer' as const;
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

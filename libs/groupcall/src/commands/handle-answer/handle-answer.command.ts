import { Command } from '@nestjs/cqrs';
import type { AnswerOutcome } from './handle-answer.decide.js';

/**
 * The gateway says that the leg was answered. The first accepted answer of the tree wins; every other one is hung up.
 * Safe to repeat: the winner stays the winner, a loser is hung up again.
 * SPEC 4.3, 4.4.
 */
export class HandleAnswerCommand extends Command<AnswerOutcome> {
  readonly type = 'handle_answer' as const;
  readonly legId: string;
  readonly customerId?: string;

  constructor(input: { legId: string; customerId?: string }) {
    super();
    this.legId = input.legId;
    this.customerId = input.customerId;
  }
}

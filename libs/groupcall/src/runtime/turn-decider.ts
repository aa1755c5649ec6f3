import { Logger } from '@nestjs/common';
import { decideOn } from '../domain/decide.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { TreeState } from '../domain/tree-state.js';
import { Turn } from '../domain/turn.js';
import type { ResolvedOptions } from '../groupcall.options.js';
import type { Clock } from '../ports/clock.port.js';
import type { Tracer } from '../ports/tracer.port.js';
import type { Envelope } from './envelope.js';
import type { OutboxSignal } from './outbox-signal.js';
import { reasonText } from './reason-text.js';

/** What the sender will be told once the turn is durable. */
export type Answer = { readonly result: unknown } | { readonly error: unknown };

export interface Decision {
  readonly turn: Turn;
  /** One for each command. */
  readonly answers: readonly Answer[];
}

const NOTHING_BROKEN: ReadonlySet<number> = new Set();

/** Has the rules decide on the commands of a turn, in their order. */
export class TurnDecider {
  private readonly logger = new Logger('Groupcall');

  constructor(
    private readonly clock: Clock,
    private readonly limits: ResolvedOptions['limits'],
    private readonly outbox: OutboxSignal,
    private readonly tracer: Tracer,
  ) {}

  /** @param mayPlanLegs false: its customer has no room for further legs */
  decide(before: TreeState, open: readonly Envelope[], mayPlanLegs: boolean): Decision {
    let broken = NOTHING_BROKEN;
    for (;;) {
      const decision = this.tried(before, open, mayPlanLegs, broken);
      if (typeof decision !== 'number') return decision;
      broken = new Set([...broken, decision]);
    }
  }

  /** @returns which command has turned out to be broken, when one has: again without it */
  private tried(
    before: TreeState,
    open: readonly Envelope[],
    mayPlanLegs: boolean,
    broken: ReadonlySet<number>,
  ): Decision | number {
    const turn = new Turn(before, {
      now: this.momentOf(open),
      limits: this.limits,
      mayPlanLegs,
      isSilent: this.outbox.isSilent,
    });
    const answers: Answer[] = [];
    for (let index = 0; index < open.length; index += 1) {
      const { command } = open[index];
      if (broken.has(index)) {
        answers.push({ error: new Error(`Deciding ${command.type} failed; nothing of it is stored.`) });
        continue;
      }
      const first = turn.effects.length;
      try {
        answers.push({ result: decideOn(turn, command) });
        if (this.tracer.isOn) this.tracer.wanted(command, turn.effects, first);
      } catch (error) {
        // Rules refuse before they tell the turn anything.
        if (error instanceof GroupcallError) answers.push({ error });
        else {
          // A defect of ours may have left half a decision behind.
          this.logger.error(`Deciding ${command.type} on tree ${before.rootId} failed: ${reasonText(error)}`);
          return index;
        }
      }
    }
    return { turn, answers };
  }

  /** When the turn is decided: not before what an alarm has been told. */
  private momentOf(open: readonly Envelope[]): number {
    let now = this.clock.now();
    for (const { command } of open)
      if (command.type === 'handle_alarm' && command.now > now) now = command.now;
    return now;
  }
}

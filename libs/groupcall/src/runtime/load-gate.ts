import { Inject, Injectable } from '@nestjs/common';
import { OverloadedError } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { Clock } from '../ports/clock.port.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** What becomes of what was accepted: never refused, since refusing it would only keep what is in memory there. */
const OWN: ReadonlySet<TreeCommand['type']> = new Set([
  'handle_dial_outcome',
  'handle_resolution',
  'handle_alarm',
]);
/** How much the latest command counts for the time that a command takes. */
const SHARE = 0.05;
/** Nobody is asked to come back sooner or later than that, ms. */
const LEAST_WAIT = 1_000;
const MOST_WAIT = 30_000;

/**
 * Counts what this process has taken on and not finished, and refuses at once what would only wait: new groupcalls
 * first, since each of them brings more work, then the other commands from outside; never what came of our own effects
 * and alarms. So whoever has been let in gets to the end, and hangups get through while creates are refused.
 */
@Injectable()
export class LoadGate {
  private commands = 0;
  private groupcalls = 0;
  /** How long a command takes at present, ms. */
  private duration = 0;
  private refused = 0;

  constructor(
    private readonly clock: Clock,
    private readonly metrics: RuntimeMetrics,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** Commands taken and not finished. */
  get waiting(): number {
    return this.commands;
  }

  /**
   * Everything that is done for a new groupcall, the looks before its command included.
   * @throws OverloadedError with the time after which to try again; then nothing was done
   */
  async newGroupcall<T>(work: () => Promise<T>): Promise<T> {
    const { waitingGroupcalls, waitingCommands } = this.options.capacity;
    if (this.groupcalls >= waitingGroupcalls || this.commands * 2 >= waitingCommands) {
      this.metrics.groupcallsRefused += 1;
      throw this.refusal(
        `This process has more to do than it can: ${this.groupcalls} new groupcalls and ${this.commands} commands are waiting. ` +
          'It takes no new groupcall until it has caught up. Nothing was done.',
      );
    }
    this.groupcalls += 1;
    try {
      return await work();
    } finally {
      this.groupcalls -= 1;
    }
  }

  /**
   * Asked before a command is taken, and answered with {@link left} when its sender has been told.
   * @returns the present, for {@link left}
   * @throws OverloadedError as {@link newGroupcall}, at twice the load, and never for what came of our own doing
   */
  enter(type: TreeCommand['type']): number {
    if (this.commands >= this.options.capacity.waitingCommands && !OWN.has(type)) {
      this.metrics.commandsRefused += 1;
      throw this.refusal(
        `This process has more to do than it can: ${this.commands} commands are waiting. Nothing was done.`,
      );
    }
    this.commands += 1;
    return this.clock.now();
  }

  left(entered: number): void {
    this.commands -= 1;
    this.duration += (this.clock.now() - entered - this.duration) * SHARE;
  }

  /** Those who are refused together do not come back together. */
  private refusal(message: string): OverloadedError {
    this.refused += 1;
    const spread = 1 + (this.refused % 10) / 20;
    const wait = Math.min(MOST_WAIT, Math.max(LEAST_WAIT, this.duration)) * spread;
    return new OverloadedError(`${message} Send it again in ${Math.ceil(wait / 1_000)} s.`, Math.round(wait));
  }
}

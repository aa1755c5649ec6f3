import { Inject, Injectable, Logger } from '@nestjs/common';
import { nextAlarmOf, type TreeState } from '../domain/tree-state.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { AlarmClock } from '../ports/alarm-clock.port.js';
import { Clock } from '../ports/clock.port.js';
import { DeadlineTimers } from './deadline-timers.js';

/** Moments that are remembered before those that have passed are looked for. */
const FEW = 1_000;

/**
 * Sees to it that a tree is woken at its deadline, by whoever has committed that deadline: to the millisecond by this
 * process's timers, and by the queue, whose alarm is set once for all trees of a span of time and is never removed.
 */
@Injectable()
export class AlarmSetter {
  private readonly logger = new Logger('Groupcall');
  private readonly armed = new Set<number>();
  private manyArmed = FEW;

  constructor(
    private readonly alarmClock: AlarmClock,
    private readonly deadlines: DeadlineTimers,
    private readonly clock: Clock,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * To be called after a commit.
   * @param before the tree before it: who has committed its deadline has set the alarm for it. Missing: nobody knows
   */
  set(after: TreeState, before?: TreeState): void {
    const next = nextAlarmOf(after);
    if (before && next === nextAlarmOf(before)) return;
    this.deadlines.set(after.rootId, next);
    if (next !== null) this.arm(after.rootId, next);
  }

  private arm(rootId: string, at: number): void {
    const { alarmBucket } = this.options.timings;
    // Of a moment that has passed the alarm may have rung already: then the next one is meant.
    const moment = Math.ceil(Math.max(at, this.clock.now() + 1) / alarmBucket) * alarmBucket;
    if (this.armed.has(moment)) return;
    if (this.armed.size >= this.manyArmed) this.forgetPassed();
    this.armed.add(moment);
    this.alarmClock.arm(rootId, moment).then(
      (isSet) => {
        // The next tree of this span tries again; for those that have come meanwhile there is the sweep.
        if (!isSet) this.armed.delete(moment);
      },
      (error: unknown) => {
        this.armed.delete(moment);
        this.logger.warn(`No alarm set for tree ${rootId}, the sweep will see to it: ${String(error)}`);
      },
    );
  }

  private forgetPassed(): void {
    const now = this.clock.now();
    for (const moment of this.armed) if (moment < now) this.armed.delete(moment);
    this.manyArmed = Math.max(FEW, 2 * this.armed.size);
  }
}

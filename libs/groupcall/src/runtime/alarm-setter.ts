import { Injectable, Logger } from '@nestjs/common';
import { isUndecided, type TreeState } from '../domain/tree-state.js';
import { AlarmClock } from '../ports/alarm-clock.port.js';

/**
 * Sets a tree's alarm after a commit, at most one at a time and never removed: an alarm that comes too early looks at
 * the tree and is set again. Legs that the gateway has not accepted yet are left to the sweep: their deadline moves
 * when it does.
 */
@Injectable()
export class AlarmSetter {
  private readonly logger = new Logger('Groupcall');

  constructor(private readonly alarmClock: AlarmClock) {}

  /**
   * @param armedAt when the alarm rings that this process has set for the tree, null for none
   * @returns when the tree's alarm rings from now on, null for none
   */
  set(state: TreeState, armedAt: number | null, now: number): number | null {
    const next = nextRingDeadline(state);
    const pending = armedAt !== null && armedAt > now ? armedAt : null;
    if (next === null || (pending !== null && pending <= next)) return pending;
    this.alarmClock.arm(state.rootId, next).catch((error: unknown) => {
      this.logger.warn(`No alarm set for tree ${state.rootId}, the sweep will see to it: ${String(error)}`);
    });
    return next;
  }
}

function nextRingDeadline(state: TreeState): number | null {
  let next: number | null = null;
  for (const leg of state.legs.values()) {
    if (!isUndecided(leg) || leg.status === 'planned') continue;
    if (next === null || leg.dialDeadline < next) next = leg.dialDeadline;
  }
  return next;
}

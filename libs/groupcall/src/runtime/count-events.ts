import { NIL_UUID } from '@groupcall/shared';
import type { TreeEvent } from '../domain/tree-event.js';
import type { TreeState } from '../domain/tree-state.js';
import type { RuntimeMetrics } from './runtime-metrics.js';

/**
 * Counts what a turn has made true; asked once it is durable, so every fact is counted once over all processes.
 * @param before the tree on which the turn was decided
 * @param after the tree with the events
 */
export function countEvents(
  metrics: RuntimeMetrics,
  events: readonly TreeEvent[],
  before: TreeState,
  after: TreeState,
): void {
  metrics.lateAnswers += after.lateAnswers - before.lateAnswers;
  for (const event of events) {
    switch (event.type) {
      case 'groupcall_planned':
        if (event.spec.masterGroupcallId === NIL_UUID) metrics.groupcallsCreated += 1;
        break;
      case 'groupcall_ended':
        if (after.groupcalls.get(event.groupcallId)?.masterGroupcallId === NIL_UUID)
          add(metrics.groupcallsEnded, event.reason);
        break;
      case 'leg_dialed':
        metrics.legsDialed += 1;
        break;
      case 'leg_answered':
        metrics.timeToAnswer.observe(event.at - after.groupcalls.get(after.rootId)!.tmCreate);
        break;
      case 'leg_hangingup':
        if (event.reason === 'dialout') {
          const deadline = before.legs.get(event.legId)?.dialDeadline;
          if (deadline !== undefined) metrics.alarmLateness.observe(event.at - deadline);
        }
        break;
      case 'leg_ended':
        add(metrics.legsEnded, event.reason);
        break;
      default:
      // Of what is only on its way nothing is counted.
    }
  }
}

function add(tally: Map<string, number>, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}

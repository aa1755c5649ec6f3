import { hangUpLeg } from '../../domain/leg-moves.js';
import { settle } from '../../domain/settle.js';
import { isUndecided } from '../../domain/tree-state.js';
import type { Turn } from '../../domain/turn.js';
import type { HandleAlarmCommand } from './handle-alarm.command.js';

/** Hangs up whoever's ring time ran out, then rings on. All are hung up first: what rings next must see them all. */
export function decideAlarm(turn: Turn, command: HandleAlarmCommand): void {
  const late = [...turn.state.legs.values()].filter(
    (leg) => isUndecided(leg) && leg.dialDeadline <= command.now,
  );
  for (const leg of late) hangUpLeg(turn, leg.id, 'dialout');
  for (const groupcallId of new Set(late.map((leg) => leg.groupcallId))) settle(turn, groupcallId);
}

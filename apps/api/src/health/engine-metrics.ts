import {
  LEG_HANGUP_REASONS,
  UNANSWERED_REASONS,
  type Distribution,
  type RuntimeMetrics,
} from '@groupcall/groupcall';
import type { Metric } from './metrics-text.js';

const HELP: Partial<Record<string, string>> = {
  groupcallsCreated: 'Root groupcalls created.',
  legsDialed: 'Calls that the gateway has taken.',
  commands: 'Commands taken.',
  groupcallsRefused: 'New groupcalls refused because too much was waiting.',
  commandsRefused: 'Other commands refused because too much was waiting.',
  turns: 'Turns decided.',
  commits: 'Commits.',
  committedTurns: 'Turns made durable.',
  conflicts: 'Compare-and-sets lost to another process.',
  commandsForwarded: 'Commands sent to the process that has made their groupcall.',
  forwardsGivenUp: 'Commands sent to another process and decided here, since no answer came in time.',
  unknownCommits: 'Commits whose outcome the database did not tell.',
  effectsDone: 'Effects executed.',
  effectsRetried: 'Effects put off after a failure.',
  effectsDead: 'Effects given up.',
  dialsForbidden: 'Legs not dialled because their target is not allowed.',
  dialsOverRate: 'Legs not dialled because their number was called too often within a minute.',
  dialsPaced: 'Dials put off because the customer had dialled enough in that second.',
  alarmsTimed: 'Deadlines that the process has timed itself.',
  alarmsRung: 'Deadlines that only the alarm of the queue has brought.',
  alarmsSwept: 'Deadlines that only the sweep has found.',
  reconciled: 'Lost notifications that the comparison with the gateway has made up for.',
  orphanCalls: 'Living calls that no committed state wanted, hung up.',
  lateAnswers: 'Answers that came after their leg had ended.',
};

/** Every counter that the engine has, also those that it will have one day; of this process, since its start. */
export function engineMetrics(counters: RuntimeMetrics): Metric[] {
  const plain = Object.entries(counters)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .map(([key, value]): Metric => ({
      name: `groupcall_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`,
      type: 'counter',
      help: HELP[key] ?? 'Counted since the start of this process.',
      value,
    }));
  return [
    ...plain,
    byReason(
      'groupcall_groupcalls_ended_total',
      'Root groupcalls that have ended.',
      counters.groupcallsEnded,
      ['normal', 'cancel', ...UNANSWERED_REASONS],
    ),
    byReason('groupcall_legs_ended_total', 'Legs that have ended.', counters.legsEnded, LEG_HANGUP_REASONS),
    inSeconds(
      'groupcall_time_to_answer_seconds',
      'From the creation of a root to its answer.',
      counters.timeToAnswer,
    ),
    inSeconds(
      'groupcall_alarm_lateness_seconds',
      'By how much ring time-outs were late.',
      counters.alarmLateness,
    ),
    {
      name: 'groupcall_commit_group_size',
      type: 'histogram',
      help: 'Turns that shared a commit.',
      value: counters.commitGroupSize,
    },
  ];
}

/** Reasons that have not occurred are there as 0, so that a rate can be computed from the first one on. */
function byReason(
  name: string,
  help: string,
  tally: ReadonlyMap<string, number>,
  reasons: readonly string[],
): Metric {
  const values = new Map<string, number>(reasons.map((reason) => [reason, 0]));
  for (const [reason, count] of tally) values.set(reason, count);
  return { name, type: 'counter', help, value: { label: 'reason', values } };
}

function inSeconds(name: string, help: string, { bounds, counts, sum }: Distribution): Metric {
  const value = { bounds: bounds.map((ms) => ms / 1_000), counts, sum: sum / 1_000 };
  return { name, type: 'histogram', help, value };
}

import type { ConsoleGroupcall, ConsoleTree } from '@groupcall/api/console';
import type { LegResource } from '@groupcall/groupcall/resources';
import { NIL_UUID, parseTimestamp } from '@groupcall/shared';
import { count, duration, nameOf } from './format.js';

/** What became of one destination, and why, in a sentence for people. */
export interface Explanation {
  readonly tone: 'live' | 'good' | 'bad' | 'quiet';
  readonly text: string;
}

const say = (tone: Explanation['tone'], text: string): Explanation => ({ tone, text });

/** Why `destinations[index]` of this groupcall was, is or was not rung. */
export function explainDestination(
  tree: ConsoleTree,
  { groupcall, slots }: ConsoleGroupcall,
  index: number,
): Explanation {
  const slot = slots[index];
  switch (slot?.kind) {
    case 'leg': {
      const leg = tree.legs.find(({ id }) => id === slot.id);
      return leg ? explainLeg(tree, leg) : say('quiet', 'Its leg is not known.');
    }
    case 'child': {
      const child = tree.groupcalls.find((one) => one.groupcall.id === slot.id);
      return child ? explainChild(tree, child) : say('quiet', 'Its groupcall is not known.');
    }
    case 'failed':
      return say('bad', `Not rung: ${slot.detail}.`);
    case 'resolving':
      if (groupcall.status === 'hangup') return say('quiet', notRung(tree, groupcall.hangup_reason));
      return say('live', 'Being looked up in the directory.');
    case 'waiting':
    case undefined:
      if (tree.winner_call_id !== null || groupcall.status !== 'progressing')
        return say('quiet', notRung(tree, groupcall.hangup_reason));
      return say(
        'quiet',
        index === 0 ? 'Waits to be rung.' : `Waits: its turn comes when number ${index} has ended.`,
      );
  }
}

function notRung(tree: ConsoleTree, reason: string): string {
  if (tree.winner_call_id !== null) return 'Passed over: the call had been answered before its turn came.';
  if (reason === 'cancel' || reason === '')
    return 'Never rung: the groupcall was hung up before its turn came.';
  return 'Never rung.';
}

/** One call, from its dialling to its end. */
export function explainLeg(tree: ConsoleTree, leg: LegResource): Explanation {
  const [create, dial, ringing, answer, hangup] = [
    leg.tm_create,
    leg.tm_dial,
    leg.tm_ringing,
    leg.tm_answer,
    leg.tm_hangup,
  ].map(parseTimestamp);
  const begin = dial ?? create ?? 0;
  const isWinner = leg.id === tree.winner_call_id;
  const order = tree.pending.find(({ kind, call_id }) => kind === 'dial' && call_id === leg.id);
  switch (leg.status) {
    case 'planned':
      if (!order) return say('live', 'About to be dialled.');
      return order.attempts > 0
        ? say(
            'bad',
            `Not dialled yet: ${count(order.attempts, 'try', 'tries')} failed and the next one follows.`,
          )
        : say('live', 'About to be dialled: the order is in the outbox.');
    case 'dialing':
      return say('live', 'Dialled; the gateway has not said that it rings.');
    case 'ringing':
      return say(
        'live',
        `Rings, for ${duration((parseTimestamp(leg.dial_deadline) ?? begin) - begin)} at most.`,
      );
    case 'progressing':
      return say(
        'good',
        `Answered after ${duration((answer ?? begin) - begin)}${isWinner ? ' and won' : ''}. Talking.`,
      );
    case 'hangingup':
      return say('live', `Being hung up${because(tree, leg)}; the gateway has not confirmed it.`);
    case 'hangup':
      break;
  }
  const end = hangup ?? begin;
  if (answer !== null) {
    const after = `Answered after ${duration(answer - begin)}`;
    if (isWinner)
      return say('good', `${after} and won. Talked for ${duration(end - answer)}, ended by ${who(leg)}.`);
    return say('quiet', `${after}, too late to win: hung up.`);
  }
  const rang = ringing === null ? '' : ` after ringing for ${duration(end - ringing)}`;
  switch (leg.hangup_reason) {
    case 'answered_elsewhere':
      return say(
        'quiet',
        dial === null
          ? 'Not dialled any more: somebody else had answered.'
          : `Hung up${rang}: ${winnerName(tree)} had answered.`,
      );
    case 'busy':
      return say('bad', `Was busy${rang}.`);
    case 'rejected':
      return say('bad', `Rejected the call${rang}.`);
    case 'noanswer':
      return say('bad', `Did not answer${rang}.`);
    case 'dialout':
      return say(
        'bad',
        `Rang out: nobody answered within ${duration((parseTimestamp(leg.dial_deadline) ?? end) - begin)}.`,
      );
    case 'cancel':
      return say(
        'quiet',
        dial === null
          ? 'Not dialled any more: the groupcall was hung up.'
          : `Hung up${rang}: the groupcall was cancelled.`,
      );
    case 'failed':
      return say('bad', dial === null ? 'Could not be placed: the gateway refused it.' : `Failed${rang}.`);
    case 'normal':
    case '':
      return say('quiet', `Ended${rang} without an answer.`);
  }
}

function because(tree: ConsoleTree, leg: LegResource): string {
  switch (leg.hangup_reason) {
    case 'answered_elsewhere':
      return `: ${winnerName(tree)} has answered`;
    case 'dialout':
      return ': its ring time is over';
    case 'cancel':
      return ': the groupcall was cancelled';
    default:
      return '';
  }
}

function who(leg: LegResource): string {
  return leg.hangup_by === 'local' ? 'us' : 'the far end';
}

/** A groupcall within the groupcall. */
function explainChild(tree: ConsoleTree, { groupcall }: ConsoleGroupcall): Explanation {
  if (groupcall.answer_call_id !== NIL_UUID || groupcall.answer_groupcall_id !== NIL_UUID)
    return say('good', `Won: ${winnerName(tree)} answered.`);
  if (groupcall.status === 'hangingup') return say('live', 'Being hung up.');
  if (groupcall.status === 'progressing') {
    const calls = count(groupcall.call_count, 'live call');
    return say(
      'live',
      groupcall.groupcall_count > 0
        ? `${calls} in it, and ${count(groupcall.groupcall_count, 'live group')}.`
        : `${calls} in it.`,
    );
  }
  switch (groupcall.hangup_reason) {
    case 'normal':
      return say('quiet', `Ended: ${winnerName(tree)} had answered.`);
    case 'cancel':
      return say('quiet', 'Was hung up.');
    case 'busy':
      return say('bad', 'Nobody answered: busy.');
    case 'rejected':
      return say('bad', 'Nobody answered: rejected.');
    case 'dialout':
      return say('bad', 'Nobody answered: the ring time ran out.');
    case 'failed':
      return say('bad', 'Nobody could be reached.');
    case 'noanswer':
    case '':
      return say('bad', 'Nobody answered.');
  }
}

/** Who has won, as somebody would say it. */
export function winnerName(tree: ConsoleTree): string {
  const winner = tree.legs.find(({ id }) => id === tree.winner_call_id);
  return winner ? nameOf(winner.destination) : 'somebody else';
}

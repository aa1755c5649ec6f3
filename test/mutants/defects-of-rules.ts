import type { Defect } from './defect.js';

const SRC = 'libs/groupcall/src';

/** Defects of the rules. */
export const DEFECTS_OF_RULES: readonly Defect[] = [
  {
    name: 'the last answer wins',
    file: `${SRC}/commands/handle-answer/handle-answer.decide.ts`,
    anchor: 'if (turn.state.winnerLegId !== null) {',
    instead: 'if (false) {',
  },
  {
    name: 'an answer is accepted while its leg is being hung up',
    file: `${SRC}/commands/handle-answer/handle-answer.decide.ts`,
    anchor: "case 'hangingup':\n",
    instead:
      "case 'hangingup':\n      if (turn.state.winnerLegId === null) { win(turn, legId); return 'won'; }\n",
  },
  {
    name: 'a nested answer is told to the own groupcall only',
    file: `${SRC}/commands/handle-answer/handle-answer.decide.ts`,
    anchor: 'parentId !== NIL_UUID;) {',
    instead: 'false;) {',
  },
  {
    name: 'an answer after the end is not hung up',
    file: `${SRC}/commands/handle-answer/handle-answer.decide.ts`,
    anchor: "turn.hangup(legId, 'answered_elsewhere', true);",
    instead: '',
  },
  {
    name: 'losers are not hung up',
    file: `${SRC}/domain/leg-moves.ts`,
    anchor: '  turn.hangup(legId, reason);',
    instead: "  if (reason !== 'answered_elsewhere') turn.hangup(legId, reason);",
  },
  {
    name: 'with "" who is still to be dialled is dialled after the answer',
    file: `${SRC}/commands/handle-answer/handle-answer.decide.ts`,
    anchor: '  else giveUpUnplaced(turn);',
    instead: '',
  },
  {
    name: 'a leg goes back to dialing when the reply to its dial comes late',
    file: `${SRC}/domain/leg-moves.ts`,
    anchor: "if (leg.status !== 'planned') return;",
    instead: "if (leg.status === 'dialing') return;",
  },
  {
    name: 'an end that is told twice is counted twice',
    file: `${SRC}/domain/end-leg.ts`,
    anchor: "if (leg.status === 'hangup') return;",
    instead: '',
  },
  {
    name: 'linear dials everybody at once',
    file: `${SRC}/domain/ring-plan.ts`,
    anchor: 'groupcall.slots.findIndex((slot) => !isOver(turn, slot));',
    instead: "groupcall.slots.findIndex((slot) => slot.kind === 'waiting');",
  },
  {
    name: 'linear goes on after the answer',
    file: `${SRC}/domain/ring-plan.ts`,
    anchor: "if (groupcall.status !== 'progressing' || turn.state.winnerLegId !== null) return;",
    instead: "if (groupcall.status !== 'progressing') return;",
  },
  {
    name: 'a groupcall that is being hung up dials on',
    file: `${SRC}/domain/ring-plan.ts`,
    anchor: "if (groupcall.status !== 'progressing' || turn.state.winnerLegId !== null) return;",
    instead: 'if (turn.state.winnerLegId !== null) return;',
  },
  {
    name: 'a resolution is accepted after the answer',
    file: `${SRC}/commands/handle-resolution/handle-resolution.decide.ts`,
    anchor: "if (groupcall.status !== 'progressing' || turn.state.winnerLegId !== null) return;",
    instead: "if (groupcall.status !== 'progressing') return;",
  },
  {
    name: 'an alarm that is too early is believed',
    file: `${SRC}/commands/handle-alarm/handle-alarm.decide.ts`,
    anchor: 'leg.dialDeadline <= command.now',
    instead: 'leg.dialDeadline <= command.now + 1_500',
  },
  {
    name: 'an event number is skipped',
    file: `${SRC}/domain/evolve.ts`,
    anchor: 'leg.tmRinging = event.at;\n      draft.eventSequence += 1;',
    instead: 'leg.tmRinging = event.at;\n      draft.eventSequence += 2;',
  },
];

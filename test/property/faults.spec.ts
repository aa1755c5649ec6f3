import { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import type { AnswerMethod } from '../../libs/groupcall/src/domain/status.js';
import type { TreeCommand } from '../../libs/groupcall/src/domain/tree-command.js';
import type { Turn } from '../../libs/groupcall/src/domain/turn.js';
import { ScriptedChooser, SeededChooser } from './chooser.js';
import { play } from './play.js';
import { shortest } from './shortest.js';
import type { Decide } from './stage.js';

const ENOUGH = 3_000;

/** The real rules, with something done to what they came to. */
function spoilt(spoil: (turn: Turn, command: TreeCommand, before: { effects: number }) => void): Decide {
  return (turn, command) => {
    const before = { effects: turn.effects.length };
    const result = decideOn(turn, command);
    spoil(turn, command, before);
    return result;
  };
}

/** Loses the first of the new effects of a kind. */
function losing(kind: 'hangup' | 'dial' | 'publish'): Decide {
  return spoilt((turn, _command, { effects }) => {
    const lost = turn.effects.findIndex((effect, index) => index >= effects && effect.kind === kind);
    if (lost >= 0) turn.effects.splice(lost, 1);
  });
}

const FAULTS: Record<string, Decide> = {
  'loses an order to hang up': losing('hangup'),
  'loses an order to dial': losing('dial'),
  'loses an event': losing('publish'),
  'lets the last answer win': spoilt((turn, command) => {
    if (command.type === 'handle_answer') turn.state.winnerLegId = command.legId;
  }),
  'counts an end twice': spoilt((turn, command) => {
    if (command.type !== 'handle_hangup') return;
    const groupcall = turn.groupcall(turn.leg(command.legId).groupcallId);
    turn.state.groupcalls.set(groupcall.id, { ...groupcall, callCount: groupcall.callCount - 1 });
  }),
  'dials after the answer': spoilt((turn) => {
    const { winnerLegId } = turn.state;
    if (winnerLegId !== null) turn.dial(winnerLegId);
  }),
  'goes back to ringing': spoilt((turn, command) => {
    if (command.type !== 'handle_ringing') return;
    turn.state.legs.set(command.legId, { ...turn.leg(command.legId), status: 'ringing' });
  }),
  'forgets an alarm': spoilt((turn, command) => {
    if (command.type !== 'handle_alarm') return;
    for (const leg of turn.state.legs.values()) {
      if (leg.status === 'ringing')
        turn.state.legs.set(leg.id, { ...leg, dialDeadline: leg.dialDeadline + 60_000 });
    }
  }),
  'gives a leg to another customer': spoilt((turn) => {
    for (const leg of turn.state.legs.values())
      turn.state.legs.set(leg.id, { ...leg, customerId: 'somebody else' });
  }),
  'hangs up somebody for no reason': spoilt((turn, command) => {
    if (command.type === 'handle_ringing') turn.hangup(command.legId, 'answered_elsewhere');
  }),
};

describe.each<AnswerMethod>(['hangup_others', ''])(
  'with answer method "%s" the random lives find a tree that',
  (method) => {
    it.each(Object.entries(FAULTS))('%s', (_name, decide) => {
      const found = firstFault(method, decide);
      expect(found).not.toBeNull();
      // Made short, it still shows the fault, and nothing but the fault.
      const short = shortest(found!, method, decide)!;
      expect(short.script.flat().length).toBeLessThanOrEqual(found!.flat().length);
      expect(() => play(new ScriptedChooser(short.script), method, decide)).toThrow();
      expect(() => play(new ScriptedChooser(short.script), method)).not.toThrow();
    });
  },
);

function firstFault(method: AnswerMethod, decide: Decide): number[][] | null {
  for (let seed = 0; seed < ENOUGH; seed += 1) {
    const chooser = new SeededChooser(seed, 24);
    try {
      play(chooser, method, decide);
    } catch {
      return chooser.script;
    }
  }
  return null;
}

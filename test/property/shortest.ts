import * as fc from 'fast-check';
import type { AnswerMethod } from '../../libs/groupcall/src/domain/status.js';
import { ScriptedChooser, type Script } from './chooser.js';
import { play } from './play.js';
import type { Decide } from './stage.js';

const choice = fc.nat(0xffff);
const setting = fc.array(choice, { maxLength: 1_000 });
const steps = fc.array(fc.array(choice, { maxLength: 100 }), { maxLength: 100 });

/** A life that fast-check can make and make shorter: the setting and what happens then. */
export function lifeOf(answerMethod: AnswerMethod, decide?: Decide) {
  return fc.property(setting, steps, (first, rest) => {
    play(new ScriptedChooser([first, ...rest]), answerMethod, decide);
  });
}

/** The shortest script found that still breaks a rule, and how; null when `script` breaks none. */
export function shortest(
  script: Script,
  answerMethod: AnswerMethod,
  decide?: Decide,
): { script: Script; error: Error } | null {
  const example: [number[], number[][]] = [[...(script[0] ?? [])], script.slice(1).map((step) => [...step])];
  const run = fc.check(lifeOf(answerMethod, decide), { numRuns: 1, examples: [example] });
  if (!run.failed || !run.counterexample) return null;
  const [first, rest] = run.counterexample;
  return { script: [first, ...rest], error: run.errorInstance as Error };
}

/**
 * What the far end of a call does, told by the user part of its address: steps joined by `-`, each `<event><ms>` counted
 * from the step before. `ring20-answer300-end500` rings after 20 ms, answers 300 ms later and hangs up 500 ms after that.
 */
export interface FarEnd {
  readonly steps: readonly Step[];
  /** Cannot be placed at all: the permanent no. */
  readonly refused: boolean;
  /** Answers at the very moment it is hung up, once (a CANCEL that crosses the 200). */
  readonly answersOnCancel: boolean;
  /** The judge keeps all news of this call to itself: only who asks is told. */
  readonly muted: boolean;
}

export interface Step {
  readonly event: 'ring' | 'answer' | 'busy' | 'reject' | 'noanswer' | 'fail' | 'end';
  /** ms after the step before. */
  readonly after: number;
}

const STEP = /^(ring|answer|busy|reject|noanswer|fail|end)(\d+)$/;

/** @param target `script@host`; words that are no step and no flag are an error of the test that wrote them */
export function farEndOf(target: string): FarEnd {
  const [script] = target.split('@', 1);
  const steps: Step[] = [];
  const flags = new Set<string>();
  for (const word of script.split('-')) {
    const match = STEP.exec(word);
    if (match) steps.push({ event: match[1] as Step['event'], after: Number(match[2]) });
    else if (['never', 'refuse', 'oncancel', 'muted'].includes(word)) flags.add(word);
    else throw new Error(`The far end "${target}" has a word that nobody understands: ${word}`);
  }
  return {
    steps,
    refused: flags.has('refuse'),
    answersOnCancel: flags.has('oncancel'),
    muted: flags.has('muted'),
  };
}

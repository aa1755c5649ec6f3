/** A rule does not hold: a fault has been found. */
export class BrokenRule extends Error {
  override readonly name = 'BrokenRule';

  constructor(rule: string, detail: unknown) {
    super(`${rule}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`);
  }
}

/** `rule` is the sentence that is no longer true; `detail` is only made when it is needed. */
export function must(holds: boolean, rule: string, detail: () => unknown): asserts holds {
  if (!holds) throw new BrokenRule(rule, detail());
}

import type { TreeTurn, TurnOutcome } from '../../ports/groupcall-store.port.js';
import { withOthersStored } from './unstorable.js';

/** What became of turns, by root id. */
export type Outcomes = Map<string, TurnOutcome>;

/**
 * Turns that cannot be committed together. Rejects at the first unknown outcome; those before it are then unknown to the
 * caller as well.
 */
export async function oneByOne(
  turns: readonly TreeTurn[],
  commit: (turn: TreeTurn) => Promise<Outcomes>,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  for (const turn of turns) {
    const [[rootId, outcome]] = await commit(turn).catch((error: unknown) => {
      throw withOthersStored(error, outcomes);
    });
    outcomes.set(rootId, outcome);
  }
  return outcomes;
}

import { liveLegsOf } from '../../../domain/tree-state.js';
import type { EffectHold, TreeTurn } from '../../../ports/groupcall-store.port.js';
import type { StoredRows } from './stored-rows.js';

/**
 * What a group of turns needs of the commit statement. The rest is not in its text: PostgreSQL sets up every part of a statement
 * whether rows go through it or not, and of a single turn that is a third of all it has to do. Not finer than this, since each
 * connection plans and keeps each text.
 */
export interface CommitParts {
  /** Trees that nobody has stored yet. */
  readonly creates: boolean;
  /** Trees that are stored. */
  readonly changes: boolean;
  /** A customer may come to have too many live legs. */
  readonly limits: boolean;
  readonly newSpecs: boolean;
  readonly blocks: boolean;
  readonly effects: boolean;
  readonly bundles: boolean;
  /** Bundles that are done are forgotten. */
  readonly forgets: boolean;
}

/** @param liveLegs the most of a customer; 0 = no limit */
export function partsOf(rows: StoredRows, liveLegs: number, hold: EffectHold | undefined): CommitParts {
  return {
    creates: rows.trees.some(({ turn }) => isNew(turn)),
    changes: rows.trees.some(({ turn }) => !isNew(turn)),
    limits: liveLegs > 0 && rows.trees.some(({ turn }) => grows(turn)),
    newSpecs: rows.newSpecs.length > 0,
    blocks: rows.blocks.length > 0,
    effects: rows.effects.length > 0,
    bundles: rows.bundles.length > 0,
    forgets: hold?.done !== undefined,
  };
}

function isNew({ before }: TreeTurn): boolean {
  return before.version === 0;
}

function grows({ before, after }: TreeTurn): boolean {
  return liveLegsOf(after) > liveLegsOf(before);
}

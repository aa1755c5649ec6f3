import type { GroupcallState } from '../../../domain/tree-state.js';
import type { EffectHold, TreeTurn } from '../../../ports/groupcall-store.port.js';
import type { Written } from '../commit-columns.js';
import { addChanges, effectRows, type EffectRow } from '../commit-rows.js';
import { packEffects } from './effect-bundle.js';
import { laneKeys } from './lane-key.js';
import { changedBlocks, type WrittenBlock } from './members.js';
import { isChangedSpec, type WrittenBundle, type WrittenTree } from './stored-columns.js';

/** What a group of turns writes, for the columns of `stored-columns.ts`. */
export interface StoredRows {
  readonly trees: WrittenTree[];
  readonly newSpecs: Written<GroupcallState>[];
  readonly changedSpecs: Written<GroupcallState>[];
  /** Members behind the first block of their tree. */
  readonly blocks: WrittenBlock[];
  /** Effects for everybody, one by one. */
  readonly effects: EffectRow[];
  /** The same in one piece per turn, for whoever commits them. */
  readonly bundles: WrittenBundle[];
}

/**
 * @param turns of different trees, in the order of their root ids
 * @param hold given when the effects are wanted in one piece per turn
 */
export function storedRows(turns: readonly TreeTurn[], hold?: EffectHold): StoredRows {
  const rows: StoredRows = {
    trees: [],
    newSpecs: [],
    changedSpecs: [],
    blocks: [],
    effects: [],
    bundles: [],
  };
  for (const turn of turns) {
    const { before, after } = turn;
    const [first, ...others] = changedBlocks(before, after);
    rows.trees.push({ turn, members: first.members });
    rows.blocks.push(...others);
    const changed: Written<GroupcallState>[] = [];
    addChanges(after.rootId, before.groupcalls, after.groupcalls, rows.newSpecs, changed);
    for (const one of changed) if (isChangedSpec(one)) rows.changedSpecs.push(one);
    if (!hold) rows.effects.push(...effectRows(turn));
    else if (turn.effects.length > 0) rows.bundles.push(bundleRow(turn, hold));
  }
  return rows;
}

function bundleRow(turn: TreeTurn, hold: EffectHold): WrittenBundle {
  const { after, effects } = turn;
  const { rootId, customerId, version } = after;
  return {
    rootId,
    customerId,
    version,
    lanes: laneKeys(rootId, effects),
    known: `{${hold.known(rootId).join(',')}}`,
    effects: packEffects(turn),
    count: effects.length,
  };
}

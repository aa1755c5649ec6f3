import type { TreeState } from '../../../domain/tree-state.js';
import type { TreeTurn } from '../../../ports/groupcall-store.port.js';
import { partsOf, type CommitParts } from './commit-parts.js';
import type { StoredRows } from './stored-rows.js';

/** @param legs how many live before and after it */
function turn(version: number, ...legs: [before: number, after: number]): TreeTurn {
  const [before, after] = legs.map(
    (callCount) => ({ version, groupcalls: new Map([['root', { callCount }]]) }) as unknown as TreeState,
  );
  return { before, after, effects: [] };
}

function partsFor(turns: TreeTurn[], rows: Partial<StoredRows> = {}, liveLegs = 0): string[] {
  const trees = turns.map((one) => ({ turn: one, members: '' }));
  const nothing = { newSpecs: [], changedSpecs: [], blocks: [], effects: [], bundles: [] };
  const hold = { owner: 'me', now: 0, until: 0, known: () => [], done: [] };
  const parts = partsOf({ trees, ...nothing, ...rows }, liveLegs, rows.effects ? undefined : hold);
  return (Object.keys(parts) as (keyof CommitParts)[]).filter((name) => parts[name]);
}

describe('A commit', () => {
  it('creates when a tree is new, and changes when one is not', () => {
    expect(partsFor([turn(0, 0, 2)])).toEqual(['creates', 'forgets']);
    expect(partsFor([turn(3, 2, 1)])).toEqual(['changes', 'forgets']);
    expect(partsFor([turn(3, 2, 1), turn(0, 0, 1)])).toEqual(['creates', 'changes', 'forgets']);
  });

  it('looks at a limit when there is one and legs are added', () => {
    expect(partsFor([turn(3, 2, 1), turn(5, 1, 2)], {}, 100)).toContain('limits');
    expect(partsFor([turn(3, 2, 1), turn(5, 2, 2)], {}, 100)).not.toContain('limits');
    expect(partsFor([turn(0, 0, 2)])).not.toContain('limits');
  });

  it('has for each kind of row what writes it, and forgets nothing for whoever holds nothing', () => {
    const one = [{}] as never[];
    expect(partsFor([turn(1, 1, 1)], { newSpecs: one, blocks: one, bundles: one })).toEqual([
      'changes',
      'newSpecs',
      'blocks',
      'bundles',
      'forgets',
    ]);
    expect(partsFor([turn(1, 1, 1)], { effects: one })).toEqual(['changes', 'effects']);
  });
});

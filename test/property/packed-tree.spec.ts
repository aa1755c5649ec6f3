import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import type { TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { packTree, unpackTree } from '../../libs/groupcall/src/runtime/packed-tree.js';
import { must } from './broken-rule.js';
import { SeededChooser } from './chooser.js';
import { play } from './play.js';

const RUNS = Number(process.env.PACKED_RUNS ?? 1_000);
const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000_000);
const MOST_STEPS = 24;

function mustSurvive(state: TreeState): void {
  const again = unpackTree(state.rootId, packTree(state));
  must(isDeepStrictEqual(again, state), 'a packed tree is the same tree', () => packTree(state));
  for (const members of ['groupcalls', 'legs'] as const)
    must(
      [...again[members].keys()].join() === [...state[members].keys()].join(),
      'a packed tree keeps the order of creation',
      () => packTree(state),
    );
}

/** A tree somewhere in its life. */
function someTree(seed: number): TreeState {
  const found: TreeState[] = [];
  play(new SeededChooser(seed, MOST_STEPS), 'hangup_others', (turn, command) => {
    if (turn.state.before.version > 0) found.push(turn.state.before);
    return decideOn(turn, command);
  });
  return found[seed % found.length];
}

describe('A packed tree', () => {
  it('is the same at every moment of as many random lives as there is time for', () => {
    let looks = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const last = play(
        new SeededChooser(SEED + run, MOST_STEPS),
        run % 2 === 0 ? 'hangup_others' : '',
        (turn, command) => {
          mustSurvive(turn.state.before);
          looks += 1;
          return decideOn(turn, command);
        },
      );
      mustSurvive(last.tree);
    }
    expect(looks).toBeGreaterThan(RUNS * 4);
  }, 120_000);

  it('is the same whatever its texts are, and however its legs differ from their groupcalls', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '0', '\ud800', '"\\'),
    );
    const address = fc.record(
      {
        type: fc.constantFrom('tel' as const, 'sip' as const, '' as const),
        target: text,
        target_name: text,
        name: text,
        detail: text,
      },
      { noNullPrototype: true },
    );
    const moment = fc.option(fc.integer({ min: 0, max: Date.UTC(2200, 0) }));
    const change = {
      customerId: text,
      source: address,
      destination: address,
      tmRinging: moment,
      tmAnswer: moment,
    };
    fc.assert(
      fc.property(
        fc.nat(),
        fc.record({ source: address, ownerId: text, origin: text, tmDelete: moment }),
        fc.array(fc.record(change, { requiredKeys: [], noNullPrototype: true }), {
          minLength: 1,
          maxLength: 5,
        }),
        (seed, root, changes) => {
          const tree = someTree(seed);
          const groupcalls = new Map(tree.groupcalls);
          groupcalls.set(tree.rootId, { ...groupcalls.get(tree.rootId)!, ...root });
          const legs = [...tree.legs].map(
            ([id, leg], index) => [id, { ...leg, ...changes[index % changes.length] }] as const,
          );
          mustSurvive({ ...tree, groupcalls, legs: new Map(legs) });
        },
      ),
      { seed: SEED, numRuns: RUNS / 4 },
    );
  });
});

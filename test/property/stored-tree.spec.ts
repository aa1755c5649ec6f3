import { isDeepStrictEqual } from 'node:util';
import { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import { settled } from '../../libs/groupcall/src/domain/evolve.js';
import type { TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import type { Turn } from '../../libs/groupcall/src/domain/turn.js';
import {
  packEffects,
  unpackEffects,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/effect-bundle.js';
import {
  changedBlocks,
  entriesOf,
  membersOf,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/members.js';
import { must } from './broken-rule.js';
import { SeededChooser } from './chooser.js';
import { play } from './play.js';

const RUNS = Number(process.env.STORED_RUNS ?? 1_000);
const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000_000);
const MOST_STEPS = 24;

interface DecidedTurn {
  readonly before: TreeState;
  readonly after: TreeState;
  readonly effects: Turn['effects'];
}

/** All turns of a random life. */
function randomLife(run: number): DecidedTurn[] {
  const turns = new Set<Turn>();
  play(new SeededChooser(SEED + run, MOST_STEPS), run % 2 === 0 ? 'hangup_others' : '', (turn, command) => {
    turns.add(turn);
    return decideOn(turn, command);
  });
  return Array.from(turns, ({ state, effects }) => {
    const { before } = state;
    return { before, after: settled(state, before.version + 1), effects };
  });
}

describe('What PostgreSQL keeps of as many random lives as there is time for', () => {
  it('is the tree, whichever blocks a turn has written', () => {
    let looks = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const blocks: string[] = [];
      for (const { before, after } of randomLife(run)) {
        for (const { block, members } of changedBlocks(before, after)) blocks[block] = members;
        const { rootId, base, groupcalls, legs } = after;
        const of = { rootId, base, begin: groupcalls.get(rootId)!.tmCreate };
        const stored = membersOf(entriesOf(blocks), [...groupcalls.values()], of);
        must(isDeepStrictEqual(stored, { groupcalls, legs }), 'a stored tree is the same tree', () => blocks);
        looks += 1;
      }
    }
    expect(looks).toBeGreaterThan(RUNS * 3);
  }, 120_000);

  it('are the effects of each turn, whatever has become of the tree since', () => {
    let events = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const turns = randomLife(run);
      const last = turns.at(-1)!.after;
      for (const turn of turns) {
        const text = packEffects(turn);
        const told = JSON.stringify(turn.effects);
        for (const tree of [turn.after, last]) {
          const unpacked = unpackEffects(text, tree.rootId, tree).map(({ effect }) => effect);
          must(JSON.stringify(unpacked) === told, 'a bundle has the effects of its turn', () => [text, told]);
        }
        events += turn.effects.filter(({ kind }) => kind === 'publish').length;
      }
    }
    expect(events).toBeGreaterThan(RUNS * 5);
  }, 120_000);
});

import { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import type { TreeCommand } from '../../libs/groupcall/src/domain/tree-command.js';
import { emptyTree, type TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { settled } from '../../libs/groupcall/src/domain/evolve.js';
import { Turn } from '../../libs/groupcall/src/domain/turn.js';
import { arrayParameters } from '../../libs/groupcall/src/adapters/typeorm/postgres/column-arrays.js';
import type { Columns } from '../../libs/groupcall/src/adapters/typeorm/commit-columns.js';
import {
  BUNDLE,
  CHANGED_SPEC,
  MEMBERS,
  NEW_SPEC,
  STORED_TREE,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/stored-columns.js';
import {
  storedRows,
  type StoredRows,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/stored-rows.js';
import { CreateGroupcallCommand } from '../../libs/groupcall/src/commands/create-groupcall/create-groupcall.command.js';
import { HandleAnswerCommand } from '../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from '../../libs/groupcall/src/commands/handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from '../../libs/groupcall/src/commands/handle-hangup/handle-hangup.command.js';
import { newId } from '../load/ids.js';
import { CUSTOMER, requestFor, type Shape } from '../load/shape.js';

/** What one turn of one life writes: per table pieces of arrays, in which only ids have to be filled in. */
export interface FloorStep {
  readonly parts: readonly {
    readonly part: Exclude<keyof StoredRows, 'effects'>;
    readonly columns: string[];
    /** One for each column. */
    readonly texts: readonly Blank[];
  }[];
}

/** The columns of each part. */
export const ARRAYS: Readonly<Record<FloorStep['parts'][number]['part'], Columns<never>>> = {
  trees: STORED_TREE,
  newSpecs: NEW_SPEC,
  changedSpecs: CHANGED_SPEC,
  blocks: MEMBERS,
  bundles: BUNDLE,
};

/** A text with numbered gaps. */
export type Blank = readonly (string | number)[];

const HOLD = { owner: 'floor', now: 0, until: 0, known: () => [] };
const UNLIMITED = { destinations: 0, legsPerTree: 0, depth: 0 };

/** Lives one life with the engine's own rules, and keeps what its turns wrote: the same facts, decided once and for all. */
export function floorSteps(shape: Shape): { ids: number; steps: FloorStep[] } {
  const rootId = newId();
  let state: TreeState = emptyTree(rootId, CUSTOMER);
  const turns: StoredRows[] = [];
  const take = (commands: TreeCommand[]) => {
    const turn = new Turn(state, { now: Date.now(), limits: UNLIMITED, mayPlanLegs: true });
    for (const command of commands) decideOn(turn, command);
    const after = settled(turn.state, state.version + 1);
    turns.push(storedRows([{ before: state, after, effects: turn.effects }], HOLD));
    state = after;
  };
  take([new CreateGroupcallCommand({ ...requestFor(shape, '0/0'), id: rootId }, true)]);
  const legs = [...state.legs.keys()];
  const winner = legs.at(-1)!;
  const losers = legs.slice(0, -1);
  // The last phone answers while it is being placed: at saturation the engine hears of both in one turn.
  take([
    ...legs.map((legId) => new HandleDialOutcomeCommand({ rootId, legId, outcome: 'accepted' })),
    new HandleAnswerCommand({ legId: winner }),
  ]);
  if (losers.length > 0)
    take(losers.map((legId) => new HandleHangupCommand({ legId, reason: 'answered_elsewhere' })));
  take([new HandleHangupCommand({ legId: winner, reason: 'normal' })]);

  const ids = [rootId, ...legs];
  const steps = turns.map((rows) => ({
    parts: (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[])
      .filter((part) => rows[part].length > 0)
      .map((part) => ({
        part,
        columns: Object.keys(ARRAYS[part]),
        texts: arrayParameters(rows[part] as never[], ARRAYS[part]).map((text) =>
          blanked(text.slice(1, -1), ids),
        ),
      })),
  }));
  return { ids: ids.length, steps };
}

function blanked(text: string, ids: readonly string[]): Blank {
  const pattern = new RegExp(`(${ids.join('|')})`);
  return text.split(pattern).map((piece) => {
    const index = ids.indexOf(piece);
    return index < 0 ? piece : index;
  });
}

export function filled(text: Blank, ids: readonly string[]): string {
  let whole = '';
  for (const piece of text) whole += typeof piece === 'string' ? piece : ids[piece];
  return whole;
}

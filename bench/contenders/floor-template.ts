import { decideOn } from '../../libs/groupcall/src/domain/decide.js';
import type { TreeCommand } from '../../libs/groupcall/src/domain/tree-command.js';
import { emptyTree, liveLegsOf, type TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import { settled } from '../../libs/groupcall/src/domain/evolve.js';
import { Turn } from '../../libs/groupcall/src/domain/turn.js';
import { COUNT, HEADER } from '../../libs/groupcall/src/adapters/typeorm/postgres/binary-array.js';
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

/** What one turn of one life writes: per table the elements of arrays, in which only ids have to be filled in. */
export interface FloorStep {
  /** How many legs of its customer live more. */
  readonly liveLegs: number;
  readonly parts: readonly {
    readonly part: Exclude<keyof StoredRows, 'effects'>;
    readonly columns: string[];
    /** One for each column. */
    readonly blanks: readonly Blank[];
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

/** What one life adds to an array, as bytes, and where in it which ids belong. */
export interface Blank {
  /** Of an array with nothing but this. */
  readonly header: Buffer;
  readonly elements: Buffer;
  /** The root's id is 0, a leg's its number in the tree. */
  readonly gaps: readonly { readonly at: number; readonly member: number }[];
}

const HOLD = { owner: 'floor', now: 0, until: 0, known: () => [] };
const UNLIMITED = { destinations: 0, legsPerTree: 0, depth: 0 };

/** Lives one life with the engine's own rules, and keeps what its turns wrote: the same facts, decided once and for all. */
export function floorSteps(shape: Shape): FloorStep[] {
  const rootId = newId();
  let state: TreeState = emptyTree(rootId, CUSTOMER);
  const turns: { rows: StoredRows; liveLegs: number }[] = [];
  const take = (commands: TreeCommand[]) => {
    // Silent as the engine is when nobody listens.
    const turn = new Turn(state, {
      now: Date.now(),
      limits: UNLIMITED,
      mayPlanLegs: true,
      isSilent: true,
    });
    for (const command of commands) decideOn(turn, command);
    const after = settled(turn.state, state.version + 1);
    turns.push({
      rows: storedRows([{ before: state, after, effects: turn.effects }], HOLD),
      liveLegs: liveLegsOf(after) - liveLegsOf(state),
    });
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

  const ids = [rootId, ...legs].map(bytesOf);
  return turns.map(({ rows, liveLegs }) => ({
    liveLegs,
    parts: (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[])
      .filter((part) => rows[part].length > 0)
      .map((part) => ({
        part,
        columns: Object.keys(ARRAYS[part]),
        blanks: arrayParameters(rows[part] as never[], ARRAYS[part]).map((array) => blanked(array, ids)),
      })),
  }));
}

function blanked(array: Buffer, ids: readonly Buffer[]): Blank {
  const elements = array.subarray(HEADER);
  const gaps = ids.flatMap((bytes, member) => {
    const found: { at: number; member: number }[] = [];
    for (let at = elements.indexOf(bytes); at >= 0; at = elements.indexOf(bytes, at + 1))
      found.push({ at, member });
    return found;
  });
  return { header: array.subarray(0, HEADER), elements, gaps };
}

/** The array of this column for trees with these root ids. */
export function filled({ header, elements, gaps }: Blank, roots: readonly Buffer[]): Buffer {
  const array = Buffer.allocUnsafe(HEADER + roots.length * elements.length);
  header.copy(array);
  array.writeInt32BE(roots.length * header.readInt32BE(COUNT), COUNT);
  let place = HEADER;
  for (const root of roots) {
    elements.copy(array, place);
    for (const { at, member } of gaps) {
      root.copy(array, place + at);
      // A member's id is its root's with its number at the end.
      if (member > 0) array.writeUInt16BE(member, place + at + root.length - 2);
    }
    place += elements.length;
  }
  return array;
}

export function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

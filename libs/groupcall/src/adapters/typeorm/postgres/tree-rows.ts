import type { TreeState } from '../../../domain/tree-state.js';
import type { TableNames } from '../tables.js';
import { storedGroupcall, type GroupcallRow, type TreeRow } from '../tree-mapper.js';
import type { MembersOf } from './member-entries.js';
import { entriesOf, membersOf } from './members.js';

/** A tree's hot row as JSON. */
export interface HotRow extends TreeRow {
  readonly members: string;
  readonly tm_create: number;
}

/** The parts of a tree, all of one snapshot. */
export interface TreeParts {
  readonly tree: HotRow;
  readonly specs: readonly GroupcallRow[];
  /** Texts of its members behind the first block, in their order; null for none. */
  readonly blocks: readonly string[] | null;
}

/** The groupcalls of a tree. */
export const specsOf = (tables: TableNames, root: string): string =>
  `(SELECT coalesce(json_agg(s ORDER BY s.ordinal), '[]') FROM ${tables.spec} s WHERE s.root_id = ${root})`;

/** Texts of a tree's members behind the first block. */
export const blocksOf = (tables: TableNames, root: string): string =>
  `(SELECT json_agg(m.members ORDER BY m.block) FROM ${tables.members} m WHERE m.root_id = ${root})`;

export function treeFromParts({ tree, specs, blocks }: TreeParts): TreeState {
  const of = placeOf(tree);
  return {
    rootId: tree.root_id,
    customerId: tree.customer_id,
    base: of.base,
    version: tree.version,
    eventSequence: tree.event_sequence,
    winnerLegId: tree.winner_leg_id,
    lateAnswers: tree.late_answers,
    ...membersOf(entriesOf(textsOf(tree.members, blocks)), specs.map(storedGroupcall), of),
  };
}

export function placeOf(tree: Pick<HotRow, 'root_id' | 'member_base' | 'tm_create'>): MembersOf {
  return { rootId: tree.root_id, base: tree.member_base ?? tree.root_id, begin: Number(tree.tm_create) };
}

export function textsOf(first: string, others: readonly string[] | null): string[] {
  return others ? [first, ...others] : [first];
}

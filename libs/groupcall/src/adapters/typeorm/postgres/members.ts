import { memberNumber } from '../../../domain/member-id.js';
import type { GroupcallState, LegState, TreeState } from '../../../domain/tree-state.js';
import type { StoredGroupcall } from '../tree-mapper.js';
import {
  groupcallEntry,
  groupcallFrom,
  idIn,
  isLegEntry,
  legEntry,
  legFrom,
  movesOf,
  numberIn,
  type Entry,
  type GroupcallEntry,
  type LegMoves,
  type MembersOf,
} from './member-entries.js';

/**
 * Members in a block. What changes of a tree's members is one JSON array for each block, the n-th of all entries being the member
 * with number n: a turn writes one value instead of a row for each leg, and of a large tree only the blocks in which something has
 * changed. The first block is in the hot row.
 */
export const BLOCK = 32;
/** A block as a turn leaves it. */
export interface WrittenBlock {
  readonly rootId: string;
  readonly block: number;
  readonly members: string;
}

/** The blocks in which a turn has changed something; the first one always. */
export function changedBlocks(before: TreeState, after: TreeState): WrittenBlock[] {
  const { rootId } = after;
  const size = after.groupcalls.size + after.legs.size;
  if (size <= BLOCK) return [{ rootId, block: 0, members: inBlock(entryTexts(after), 0) }];
  const changed = new Set([0]);
  addChanged(changed, rootId, before.groupcalls, after.groupcalls);
  addChanged(changed, rootId, before.legs, after.legs);
  const texts = entryTexts(after, changed);
  return Array.from(changed, (block) => ({ rootId, block, members: inBlock(texts, block) }));
}

function addChanged(
  blocks: Set<number>,
  rootId: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): void {
  after.forEach((now, id) => {
    if (now !== before.get(id)) blocks.add(blockOf(numberIn(rootId, id)));
  });
}

function inBlock(texts: readonly string[], block: number): string {
  return `[${texts.slice(block * BLOCK, (block + 1) * BLOCK).join(',')}]`;
}

/** The entries of a tree's members as JSON, by number. @param blocks of which entries are wanted; missing: all */
function entryTexts({ rootId, groupcalls, legs }: TreeState, blocks?: ReadonlySet<number>): string[] {
  const begin = groupcalls.get(rootId)?.tmCreate ?? 0;
  const texts: string[] = [];
  groupcalls.forEach((one) => {
    const number = numberIn(rootId, one.id);
    if (!blocks || blocks.has(blockOf(number)))
      texts[number] = JSON.stringify(groupcallEntry(rootId, one, begin));
  });
  const legText = legTexts(rootId, begin);
  legs.forEach((leg) => {
    const number = memberNumber(leg.id);
    if (!blocks || blocks.has(blockOf(number))) texts[number] = legText(leg);
  });
  return texts;
}

/** Writes one leg after the other. Neighbours are alike: what has just been written is not made again. */
function legTexts(rootId: string, begin: number): (leg: LegState) => string {
  let last: LegState | undefined;
  let rest = '';
  return (leg) => {
    if (last === undefined || !isAlike(leg, last)) {
      last = leg;
      const text = JSON.stringify(legEntry(rootId, leg, begin));
      rest = text.slice(text.indexOf(',', text.indexOf(',') + 1));
    }
    return `[${numberIn(rootId, leg.groupcallId)},${leg.destinationIndex}${rest}`;
  };
}

/** Whether their entries differ in nothing but the first two values. */
function isAlike(a: LegState, b: LegState): boolean {
  return (
    a.status === b.status &&
    a.hangupReason === b.hangupReason &&
    a.hangupBy === b.hangupBy &&
    a.tmCreate === b.tmCreate &&
    a.tmDial === b.tmDial &&
    a.tmRinging === b.tmRinging &&
    a.tmAnswer === b.tmAnswer &&
    a.tmHangup === b.tmHangup &&
    a.dialDeadline === b.dialDeadline
  );
}

function blockOf(number: number): number {
  return Math.floor(number / BLOCK);
}

/** All entries of a tree, by number. @param texts its blocks in their order */
export function entriesOf(texts: readonly string[]): readonly Entry[] {
  return texts.length === 1 ? entriesIn(texts[0]) : texts.flatMap(entriesIn);
}

function entriesIn(text: string): Entry[] {
  return JSON.parse(text) as Entry[];
}

/** The legs among the entries, in order of creation. */
export function legMoves(entries: readonly Entry[], of: MembersOf): LegMoves[] {
  const legs: LegMoves[] = [];
  entries.forEach((entry, number) => {
    if (isLegEntry(entry)) legs.push(movesOf(number, entry, of));
  });
  return legs;
}

/** The members of a tree. @param stored its groupcalls, in order of creation */
export function membersOf(
  entries: readonly Entry[],
  stored: readonly StoredGroupcall[],
  of: MembersOf,
): Pick<TreeState, 'groupcalls' | 'legs'> {
  const groupcalls = new Map<string, GroupcallState>();
  for (const one of stored) {
    const entry = entries[numberIn(of.rootId, one.id)] as GroupcallEntry;
    groupcalls.set(one.id, groupcallFrom(entry, one, of));
  }
  const legs = new Map<string, LegState>();
  entries.forEach((entry, number) => {
    if (!isLegEntry(entry)) return;
    const leg = legFrom(number, entry, groupcalls.get(idIn(of, entry[0]))!, of);
    legs.set(leg.id, leg);
  });
  return { groupcalls, legs };
}

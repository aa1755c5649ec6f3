import type { GroupcallRecord, LegRecord, TreeVersion } from '../../checker/records.js';

/** One row of a tree as one transaction has left it. */
export interface Note {
  readonly rootId: string;
  readonly version: number;
  readonly part: 'groupcall_tree' | 'groupcall' | 'groupcall_leg';
  readonly facts: string;
  /** The transaction. */
  readonly made: number;
  /** null: the server has not written down when. */
  readonly at: string | null;
}

interface TreeFacts {
  customer_id: string;
  winner_leg_id: string | null;
  event_sequence: number;
  idempotency_key: string | null;
}

interface Ordinal {
  readonly id: string;
  readonly ordinal: number;
}

/** What one transaction made of one tree. */
interface Turn {
  readonly rootId: string;
  readonly version: number;
  readonly at: number;
  tree?: TreeFacts;
  readonly groupcalls: (GroupcallRecord & Ordinal)[];
  readonly legs: (LegRecord & Ordinal)[];
}

/**
 * Puts notes of changed rows together to whole trees, version by version.
 * @param notes in the order in which they were written
 */
export function historiesOf(notes: readonly Note[]): Map<string, TreeVersion[]> {
  const turns = [...turnsOf(notes).values()].sort((a, b) => a.version - b.version || a.at - b.at);
  const trees = new Map<string, TreeVersion[]>();
  for (const turn of turns) {
    const versions = trees.get(turn.rootId) ?? [];
    trees.set(turn.rootId, versions);
    const before = versions.at(-1);
    versions.push(versionOf(turn, before));
  }
  return trees;
}

function turnsOf(notes: readonly Note[]): Map<string, Turn> {
  const turns = new Map<string, Turn>();
  for (const { rootId, version, part, facts, made, at } of notes) {
    if (at === null) throw new Error(`Nobody knows when transaction ${made} was committed.`);
    const key = `${rootId} ${version} ${made}`;
    const turn = turns.get(key) ?? { rootId, version, at: Number(at), groupcalls: [], legs: [] };
    turns.set(key, turn);
    const row = JSON.parse(facts) as Record<string, unknown>;
    if (part === 'groupcall_tree') turn.tree = row as unknown as TreeFacts;
    else if (part === 'groupcall_leg') turn.legs.push(row as unknown as LegRecord & Ordinal);
    else turn.groupcalls.push({ ...row, slots: parsed(row.slots) } as unknown as GroupcallRecord & Ordinal);
  }
  return turns;
}

function versionOf({ rootId, version, at, tree, groupcalls, legs }: Turn, before?: TreeVersion): TreeVersion {
  if (!tree) throw new Error(`Tree ${rootId} was changed in version ${version} without its hot row.`);
  return {
    rootId,
    version,
    at,
    customerId: tree.customer_id,
    winnerLegId: tree.winner_leg_id,
    eventSequence: tree.event_sequence,
    idempotencyKey: tree.idempotency_key,
    groupcalls: merged(before?.groupcalls as (GroupcallRecord & Ordinal)[] | undefined, groupcalls),
    legs: merged(before?.legs as (LegRecord & Ordinal)[] | undefined, legs),
  };
}

function merged<T extends Ordinal>(before: readonly T[] = [], changed: readonly T[]): T[] {
  const rows = new Map([...before, ...changed].map((row) => [row.id, row]));
  return [...rows.values()].sort((a, b) => a.ordinal - b.ordinal);
}

/** JSON within JSON: text, or already an object. */
function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

import { emptyTree, type TreeState } from '../domain/tree-state.js';
import type { TreeFound } from '../ports/groupcall-store.port.js';
import type { Envelope } from './envelope.js';
import type { LoadReader } from './load-reader.js';
import type { ResidentTrees } from './resident-trees.js';

/** What a turn is decided on. */
export interface Basis {
  readonly before: TreeState;
  /** Read after the commands had come: what it says of them is true. */
  readonly isFresh: boolean;
  /** See {@link ResidentTree}. */
  readonly doubt: number;
}

/** For how many turns a tree on which others work is compared with the store before it is decided on. */
const DOUBT = 2;

/** Where turns get what they are decided on: from this process's memory, or from the store. */
export class TurnBasis {
  constructor(
    private readonly residents: ResidentTrees,
    private readonly reader: LoadReader,
  ) {}

  /** What can be decided on without a look at the store, if anything. */
  remembered(rootId: string, open: readonly Envelope[]): Basis | null {
    const resident = this.residents.peek(rootId);
    if (resident) {
      if (resident.doubt > 0) return null;
      return { before: resident.state, isFresh: false, doubt: 0 };
    }
    // Nothing can be stored yet: not worth a look.
    if (!open.some(isNew)) return null;
    return { before: emptyTree(rootId, customerOf(open)), isFresh: true, doubt: 0 };
  }

  async stored(rootId: string, open: readonly Envelope[]): Promise<Basis> {
    const resident = this.residents.peek(rootId);
    const found = await this.reader.tree(rootId, resident?.state.version ?? 0);
    if (found === 'unchanged' && resident)
      return { before: resident.state, isFresh: true, doubt: Math.max(0, resident.doubt - 1) };
    return othersHave(rootId, found, open);
  }

  /** What is stored now, null when that is still `before`. */
  async newerThan(before: TreeState, open: readonly Envelope[]): Promise<Basis | null> {
    const found = await this.reader.tree(before.rootId, before.version);
    return found === 'unchanged' ? null : othersHave(before.rootId, found, open);
  }
}

function othersHave(rootId: string, found: TreeFound, open: readonly Envelope[]): Basis {
  const before = found === null || found === 'unchanged' ? emptyTree(rootId, customerOf(open)) : found;
  return { before, isFresh: true, doubt: before.version === 0 ? 0 : DOUBT };
}

function isNew({ command }: Envelope): boolean {
  return command.type === 'create_groupcall' && command.isNew;
}

function customerOf(open: readonly Envelope[]): string {
  for (const { command } of open) {
    if (command.type === 'create_groupcall') return String(command.input.customerId).toLowerCase();
  }
  return '';
}

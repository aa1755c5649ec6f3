import type { TreeState } from '../domain/tree-state.js';

/** A tree kept in memory between turns, and the alarm that was set for it. */
export interface ResidentTree {
  readonly state: TreeState;
  /** Epoch ms of the alarm that is set, null for none known. */
  readonly armedAt: number | null;
}

/** The least recently used trees go first; what is forgotten is loaded again when it is needed. */
export class ResidentTrees {
  private readonly trees = new Map<string, ResidentTree>();
  /** Legs and children never change their tree, so whoever is in here needs no look-up. */
  private readonly rootOfMember = new Map<string, string>();

  constructor(private readonly most = 10_000) {}

  get size(): number {
    return this.trees.size;
  }

  peek(rootId: string): ResidentTree | undefined {
    return this.trees.get(rootId);
  }

  /** The root of a leg or groupcall, if its tree is in memory. */
  rootOf(memberId: string): string | undefined {
    return this.rootOfMember.get(memberId);
  }

  keep(rootId: string, tree: ResidentTree): void {
    const known = this.trees.get(rootId)?.state;
    // An ended tree hardly ever has another turn.
    if (tree.state.groupcalls.get(rootId)?.status === 'hangup') return this.forget(rootId);
    // Taken out and put in again, it is the most recently used.
    this.trees.delete(rootId);
    this.trees.set(rootId, tree);
    this.index(tree.state, known);
    if (this.trees.size > this.most) {
      const oldest = this.trees.keys().next();
      if (!oldest.done) this.forget(oldest.value);
    }
  }

  forget(rootId: string): void {
    const tree = this.trees.get(rootId);
    if (!tree) return;
    this.trees.delete(rootId);
    for (const id of tree.state.legs.keys()) this.rootOfMember.delete(id);
    for (const id of tree.state.groupcalls.keys()) this.rootOfMember.delete(id);
  }

  private index(state: TreeState, known: TreeState | undefined): void {
    if (known?.legs.size !== state.legs.size) {
      for (const id of state.legs.keys()) this.rootOfMember.set(id, state.rootId);
    }
    if (known?.groupcalls.size !== state.groupcalls.size) {
      for (const id of state.groupcalls.keys()) this.rootOfMember.set(id, state.rootId);
    }
  }
}

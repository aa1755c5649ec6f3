import type { TreeState } from '../domain/tree-state.js';

/** A tree kept in memory between turns, and the alarm that was set for it. */
export interface ResidentTree {
  readonly state: TreeState;
  /** Epoch ms of the alarm that is set, null for none known. */
  armedAt: number | null;
}

/** The least recently used trees go first; what is forgotten is loaded again when it is needed. */
export class ResidentTrees {
  private readonly trees = new Map<string, ResidentTree>();

  constructor(private readonly most = 10_000) {}

  get size(): number {
    return this.trees.size;
  }

  peek(rootId: string): ResidentTree | undefined {
    return this.trees.get(rootId);
  }

  keep(rootId: string, tree: ResidentTree): void {
    this.trees.delete(rootId);
    // An ended tree hardly ever has another turn.
    if (tree.state.groupcalls.get(rootId)?.status === 'hangup') return;
    this.trees.set(rootId, tree);
    if (this.trees.size > this.most) {
      const oldest = this.trees.keys().next();
      if (!oldest.done) this.trees.delete(oldest.value);
    }
  }

  forget(rootId: string): void {
    this.trees.delete(rootId);
  }
}

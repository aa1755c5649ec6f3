import type { TreeState } from '../domain/tree-state.js';

/** A tree kept in memory between turns. */
export interface ResidentTree {
  readonly state: TreeState;
  /**
   * For how many more turns the state is compared with the stored version before it is decided on: another process has
   * worked on the tree. Deciding in vain costs more than looking. 0: nobody else does, as far as is known.
   */
  readonly doubt: number;
}

interface Kept extends ResidentTree {
  /** Epoch ms. */
  readonly usedAt: number;
}

/** The least recently used trees go first; what is forgotten is loaded again when it is needed. */
export class ResidentTrees {
  private readonly trees = new Map<string, Kept>();
  /** Legs and children never change their tree, so whoever is in here needs no look-up. */
  private readonly rootOfMember = new Map<string, string>();

  /**
   * @param idle how long a tree stays without being used, ms
   * @param now the time, epoch ms
   */
  constructor(
    private readonly most = Infinity,
    private readonly idle = Infinity,
    private readonly now: () => number = () => 0,
  ) {}

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
    this.trees.set(rootId, { ...tree, usedAt: this.now() });
    this.index(tree.state, known);
    if (this.trees.size > this.most) {
      const oldest = this.trees.keys().next();
      if (!oldest.done) this.forget(oldest.value);
    }
  }

  /** Lets go what nobody has used for a long time. */
  forgetIdle(): void {
    const since = this.now() - this.idle;
    for (const [rootId, { usedAt }] of this.trees) {
      if (usedAt > since) return;
      this.forget(rootId);
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

import type { TreeState } from '../domain/tree-state.js';
import { baseOf } from '../domain/member-id.js';
import { packTree, unpackTree, type PackedTree } from './packed-tree.js';

/** A tree kept in memory between turns. */
export interface ResidentTree {
  readonly state: TreeState;
  /**
   * For how many more turns the state is compared with the stored version before it is decided on: another process has
   * worked on the tree. Deciding in vain costs more than looking. 0: nobody else does, as far as is known.
   */
  readonly doubt: number;
}

interface Kept {
  readonly rootId: string;
  readonly base: string;
  form: TreeState | PackedTree;
  doubt: number;
  /** Epoch ms. */
  usedAt: number;
}

/** ms without use after which a tree is packed: while it is set up and while it is hung up it stays as it is. */
export const PACKED_AFTER = 1_000;
/** Groupcalls and legs that are packed at once, so that nobody has to wait long for it: some 5 ms. */
const MOST_PACKED_AT_ONCE = 3_000;

/**
 * The least recently used trees go first; what is forgotten is loaded again when it is needed. A tree that only rings is
 * packed until somebody asks for it.
 */
export class ResidentTrees {
  private readonly trees = new Map<string, Kept>();
  /** Those that are not packed, the least recently used first, and since when nobody has used them. */
  private readonly unpacked = new Map<Kept, number>();
  /** Root ids of those whose members' ids begin otherwise. */
  private readonly rootOfBase = new Map<string, string>();

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

  /** How many of them are packed. */
  get packedSize(): number {
    return this.trees.size - this.unpacked.size;
  }

  peek(rootId: string): ResidentTree | undefined {
    const kept = this.trees.get(rootId);
    return kept && { state: this.stateOf(kept), doubt: kept.doubt };
  }

  /** The root of a leg or groupcall, if its tree is in memory. */
  rootOf(memberId: string): string | undefined {
    if (this.trees.has(memberId)) return memberId;
    const base = baseOf(memberId);
    return this.trees.has(base) ? base : this.rootOfBase.get(base);
  }

  keep(rootId: string, { state, doubt }: ResidentTree): void {
    // An ended tree hardly ever has another turn.
    if (state.groupcalls.get(rootId)?.status === 'hangup') return this.forget(rootId);
    const usedAt = this.now();
    const known = this.trees.get(rootId);
    const kept = known ?? { rootId, base: state.base, form: state, doubt, usedAt };
    if (known) {
      known.form = state;
      known.doubt = doubt;
      known.usedAt = usedAt;
      // Taken out and put in again, it is the most recently used.
      this.trees.delete(rootId);
      this.unpacked.delete(known);
    }
    this.trees.set(rootId, kept);
    this.unpacked.set(kept, usedAt);
    if (kept.base !== rootId) this.rootOfBase.set(kept.base, rootId);
    if (this.trees.size > this.most) {
      const oldest = this.trees.keys().next();
      if (!oldest.done) this.forget(oldest.value);
    }
  }

  /** Packs those that nobody has used for a moment, a number at a time. @returns whether there may be more */
  packIdle(): boolean {
    const since = this.now() - PACKED_AFTER;
    let left = MOST_PACKED_AT_ONCE;
    for (const [kept, usedAt] of this.unpacked) {
      if (usedAt > since) return false;
      if (left <= 0) return true;
      const state = this.stateOf(kept);
      kept.form = packTree(state);
      this.unpacked.delete(kept);
      left -= state.groupcalls.size + state.legs.size;
    }
    return false;
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
    const kept = this.trees.get(rootId);
    if (!kept) return;
    this.trees.delete(rootId);
    this.unpacked.delete(kept);
    this.rootOfBase.delete(kept.base);
  }

  private stateOf(kept: Kept): TreeState {
    if (typeof kept.form !== 'string') return kept.form;
    const state = unpackTree(kept.rootId, kept.form);
    kept.form = state;
    // Whoever asks for it is about to use it.
    this.unpacked.set(kept, this.now());
    return state;
  }
}

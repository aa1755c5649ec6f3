import { NIL_UUID } from '@groupcall/shared';
import type { TreeState } from '../../libs/groupcall/src/domain/tree-state.js';

/**
 * Names for the parts of a tree by their place: `0` is the leg of the root's first destination, `1` the child at its
 * second, `1.0` that child's first leg; `root` is the root. Another tree's labels carry its prefix: `b/1.0`.
 */
export class Labels {
  private readonly legIds = new Map<string, string>();
  private readonly groupcallIds = new Map<string, string>();
  private readonly names = new Map<string, string>();

  /** The tree as it is now; what has a label keeps it. */
  learn(tree: TreeState, prefix: string): void {
    for (const groupcall of tree.groupcalls.values()) {
      const isRoot = groupcall.masterGroupcallId === NIL_UUID;
      const path = isRoot ? '' : this.below(tree, groupcall.masterGroupcallId, groupcall.destinationIndex);
      this.add(this.groupcallIds, `${prefix}${isRoot ? 'root' : path}`, groupcall.id);
    }
    for (const leg of tree.legs.values()) {
      this.add(this.legIds, `${prefix}${this.below(tree, leg.groupcallId, leg.destinationIndex)}`, leg.id);
    }
  }

  /** @throws Error when there is no such leg (yet) */
  leg(label: string): string {
    return found(this.legIds, label, 'leg');
  }

  groupcall(label: string): string {
    return found(this.groupcallIds, label, 'groupcall');
  }

  has(label: string): boolean {
    return this.groupcallIds.has(label);
  }

  /** The label of a leg or groupcall, or the id itself when it has none. */
  of(id: string): string {
    return this.names.get(id) ?? id;
  }

  private below(tree: TreeState, groupcallId: string, index: number): string {
    const { masterGroupcallId, destinationIndex } = tree.groupcalls.get(groupcallId)!;
    if (masterGroupcallId === NIL_UUID) return String(index);
    return `${this.below(tree, masterGroupcallId, destinationIndex)}.${index}`;
  }

  private add(to: Map<string, string>, label: string, id: string): void {
    to.set(label, id);
    this.names.set(id, label);
  }
}

/** By place, not by spelling: `2` before `10`. */
export function inOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function found(among: Map<string, string>, label: string, what: string): string {
  const id = among.get(label);
  if (id === undefined)
    throw new Error(`there is no ${what} ${label}; there are ${[...among.keys()].join(', ') || 'none'}`);
  return id;
}

import type { TreeState } from '../../domain/tree-state.js';
import { GroupcallArchive, type ArchivedTree } from '../../ports/groupcall-archive.port.js';
import type { InMemoryDatabase } from './in-memory-database.js';

/** Old trees on their way out, without a server. Rows are the states themselves. */
export class InMemoryGroupcallArchive extends GroupcallArchive {
  constructor(private readonly database: InMemoryDatabase) {
    super();
  }

  override async endedBefore(before: number, limit: number): Promise<string[]> {
    return [...this.database.trees.values()]
      .filter((tree) => hasEnded(tree) && lastChangeOf(tree) < before)
      .sort((a, b) => createdAt(a) - createdAt(b))
      .slice(0, limit)
      .map(({ rootId }) => rootId);
  }

  override async read(rootIds: readonly string[]): Promise<ArchivedTree[]> {
    return rootIds.flatMap((rootId) => {
      const tree = this.database.trees.get(rootId);
      if (!tree) return [];
      const rows = (values: Iterable<object>) => [...values].map((one) => ({ ...one }));
      const groupcalls = rows(tree.groupcalls.values());
      return [
        {
          rootId,
          customerId: tree.customerId,
          tree: { root_id: rootId },
          groupcalls,
          legs: rows(tree.legs.values()),
        },
      ];
    });
  }

  override async remove(rootIds: readonly string[]): Promise<number> {
    const { trees, outbox, rootOfGroupcall, rootOfLeg, idempotency } = this.database;
    const busy = new Set([...outbox.values()].filter(({ dead }) => !dead).map(({ rootId }) => rootId));
    let removed = 0;
    for (const rootId of rootIds) {
      const tree = trees.get(rootId);
      if (!tree || !hasEnded(tree) || busy.has(rootId)) continue;
      trees.delete(rootId);
      for (const id of tree.groupcalls.keys()) rootOfGroupcall.delete(id);
      for (const id of tree.legs.keys()) rootOfLeg.delete(id);
      for (const [id, row] of outbox) if (row.rootId === rootId) outbox.delete(id);
      for (const keys of idempotency.values())
        for (const [key, record] of keys) if (record.rootId === rootId) keys.delete(key);
      removed += 1;
    }
    return removed;
  }
}

function hasEnded(tree: TreeState): boolean {
  return tree.groupcalls.get(tree.rootId)?.status === 'hangup';
}

function createdAt(tree: TreeState): number {
  return tree.groupcalls.get(tree.rootId)!.tmCreate;
}

function lastChangeOf(tree: TreeState): number {
  return Math.max(...[...tree.groupcalls.values()].map(({ tmUpdate }) => tmUpdate));
}

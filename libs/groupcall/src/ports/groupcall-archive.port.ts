/** An ended tree with everything that belongs to it, as rows with the columns' names: ready to be written anywhere. */
export interface ArchivedTree {
  /** The root groupcall. */
  readonly rootId: string;
  /** Whose it was. */
  readonly customerId: string;
  /** The hot row. */
  readonly tree: Readonly<Record<string, unknown>>;
  /** The root and all nested ones. */
  readonly groupcalls: readonly Readonly<Record<string, unknown>>[];
  /** All its legs. */
  readonly legs: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Old trees on their way out. Only a tree that has ended and of which no effect is left is ever touched, so whatever
 * still has to be told or hung up is done first.
 */
export abstract class GroupcallArchive {
  /**
   * Root ids of ended trees in which nothing has changed since `before` (epoch ms), at most `limit`, the oldest first.
   */
  abstract endedBefore(before: number, limit: number): Promise<string[]>;

  /** Trees with their groupcalls and legs; those that are gone meanwhile are missing. */
  abstract read(rootIds: readonly string[]): Promise<ArchivedTree[]>;

  /**
   * Removes these trees for good, if they are still ended and nothing is left to be done for them.
   * @returns how many that were; others may have removed some of them
   */
  abstract remove(rootIds: readonly string[]): Promise<number>;
}

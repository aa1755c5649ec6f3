import { Injectable } from '@nestjs/common';
import { Clock } from '../ports/clock.port.js';
import { GroupcallArchive, type ArchivedTree } from '../ports/groupcall-archive.port.js';

/** Small enough that writers and readers do not notice. */
const BATCH = 200;

export interface RetentionOptions {
  /** Trees in which nothing has changed for so long go, ms. */
  readonly olderThan: number;
  /**
   * Keeps them somewhere else before they go. When it rejects nothing of the batch is removed; a tree may be handed over
   * again after a crash, so keep it by its id.
   */
  readonly archive?: (trees: readonly ArchivedTree[]) => Promise<void>;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Lets ended trees go that are old enough, batch by batch. Living ones, and those for which something is still to be
 * done, are never touched. Their idempotency keys go with them. Any number of processes may do it at once.
 */
@Injectable()
export class Retention {
  constructor(
    private readonly store: GroupcallArchive,
    private readonly clock: Clock,
  ) {}

  /**
   * Removes ended trees older than `olderThan`, after `archive` has taken each.
   * @returns how many trees were removed
   */
  async removeOld({ olderThan, archive, signal }: RetentionOptions): Promise<number> {
    if (!(olderThan > 0)) throw new Error(`Groupcall: olderThan is ${olderThan}; it must be more than 0 ms.`);
    const before = (await this.clock.read()) - olderThan;
    let removed = 0;
    while (!signal?.aborted) {
      const rootIds = await this.store.endedBefore(before, BATCH);
      if (rootIds.length === 0) break;
      if (archive) await archive(await this.store.read(rootIds));
      const gone = await this.store.remove(rootIds);
      removed += gone;
      // The rest is busy, or others are at it.
      if (gone === 0) break;
    }
    return removed;
  }
}

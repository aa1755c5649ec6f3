import { Injectable } from '@nestjs/common';
import { NIL_UUID } from '@groupcall/shared';
import type { TreeCommand } from '../domain/tree-command.js';
import type { LiveRoot } from '../ports/groupcall-store.port.js';
import { GroupcallRuntime } from './groupcall-runtime.js';

/** How far a command about many trees has come. */
export interface BatchProgress {
  /** Trees that have durably taken their part. */
  done: number;
}

const BATCH_SIZE = 100;

/** Sends one command to each of any number of trees, one bounded page after the other. */
@Injectable()
export class TreeBatches {
  constructor(private readonly runtime: GroupcallRuntime) {}

  /**
   * @param page the next trees with a root id above `after`; asked until there are none
   * @param commandFor made for each of them
   * @throws the first error of a batch, after that batch has settled; the command is safe to repeat
   */
  async send(
    page: (after: string, limit: number) => Promise<LiveRoot[]>,
    commandFor: (root: LiveRoot) => TreeCommand,
    onProgress?: (progress: BatchProgress) => void,
  ): Promise<BatchProgress> {
    const progress: BatchProgress = { done: 0 };
    for (let after = NIL_UUID; ;) {
      const roots = await page(after, BATCH_SIZE);
      const last = roots.at(-1);
      if (!last) return progress;
      const settled = await Promise.allSettled(roots.map((root) => this.runtime.send(commandFor(root))));
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      progress.done += roots.length;
      onProgress?.({ ...progress });
      after = last.rootId;
    }
  }
}

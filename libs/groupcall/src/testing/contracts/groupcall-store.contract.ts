/// <reference types="jest" />
import { itCommits } from './storage/commits.js';
import { itCommitsGroups } from './storage/group-commits.js';
import { itKeepsIdempotencyKeys } from './storage/idempotency.js';
import { itLimitsLiveLegs, itLimitsTheRate } from './storage/limits.js';
import { itFindsTrees } from './storage/searches.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { StorageStage } from './storage/storage-stage.js';

/** What every {@link GroupcallStore} keeps, whatever several processes do at once. */
export function describeGroupcallStoreContract(
  name: string,
  makeEnvironment: () => Promise<StorageEnvironment>,
): void {
  describe(`${name} keeps the contract of a store:`, () => {
    const stage = new StorageStage(makeEnvironment);
    itCommits(stage);
    itCommitsGroups(stage);
    itKeepsIdempotencyKeys(stage);
    itLimitsLiveLegs(stage);
    itLimitsTheRate(stage);
    itFindsTrees(stage);
  });
}

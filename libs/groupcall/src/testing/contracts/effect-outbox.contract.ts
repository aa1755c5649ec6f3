/// <reference types="jest" />
import { itClaims } from './storage/claims.js';
import { itIsSharedByClaimers } from './storage/competing.js';
import { itHolds } from './storage/holds.js';
import { itKeepsLanes } from './storage/lanes.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { StorageStage } from './storage/storage-stage.js';

/** What every {@link EffectOutbox} keeps, filled by the store of the same database. */
export function describeEffectOutboxContract(
  name: string,
  makeEnvironment: () => Promise<StorageEnvironment>,
): void {
  describe(`${name} keeps the contract of an outbox:`, () => {
    const stage = new StorageStage(makeEnvironment);
    itClaims(stage);
    itKeepsLanes(stage);
    itHolds(stage);
    itIsSharedByClaimers(stage);
  });
}

/// <reference types="jest" />
import { itReadsGroupcalls } from './storage/reading-groupcalls.js';
import { itReadsLegs } from './storage/reading-legs.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { StorageStage } from './storage/storage-stage.js';

/** What every {@link GroupcallReader} keeps, reading what the store of the same database has committed. */
export function describeGroupcallReaderContract(
  name: string,
  makeEnvironment: () => Promise<StorageEnvironment>,
): void {
  describe(`${name} keeps the contract of a reader:`, () => {
    const stage = new StorageStage(makeEnvironment);
    itReadsGroupcalls(stage);
    itReadsLegs(stage);
  });
}

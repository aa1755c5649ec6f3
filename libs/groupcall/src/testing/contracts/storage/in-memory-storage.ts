import {
  InMemoryDatabase,
  InMemoryDialLedger,
  InMemoryEffectOutbox,
  InMemoryGroupcallArchive,
  InMemoryGroupcallReader,
  InMemoryGroupcallStore,
  InMemoryLegAudit,
  ManualClock,
} from '../../../adapters/in-memory/index.js';
import type { StorageEnvironment, StorageProcess } from './storage-environment.js';

/** Two processes on an empty database in memory. */
export async function inMemoryStorage(): Promise<StorageEnvironment> {
  const clock = new ManualClock();
  const database = new InMemoryDatabase(clock);
  const process = (): StorageProcess => ({
    store: new InMemoryGroupcallStore(database),
    outbox: new InMemoryEffectOutbox(database),
    reader: new InMemoryGroupcallReader(database),
    audit: new InMemoryLegAudit(database),
    dials: new InMemoryDialLedger(database),
    archive: new InMemoryGroupcallArchive(database),
  });
  return { clock, processes: [process(), process()], close: () => Promise.resolve() };
}

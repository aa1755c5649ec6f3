import type { Clock } from '../../../ports/clock.port.js';
import type { DialLedger } from '../../../ports/dial-ledger.port.js';
import type { EffectOutbox } from '../../../ports/effect-outbox.port.js';
import type { GroupcallArchive } from '../../../ports/groupcall-archive.port.js';
import type { GroupcallReader } from '../../../ports/groupcall-reader.port.js';
import type { GroupcallStore } from '../../../ports/groupcall-store.port.js';
import type { LegAudit } from '../../../ports/leg-audit.port.js';

/** The storage adapters of one process. */
export interface StorageProcess {
  readonly store: GroupcallStore;
  readonly outbox: EffectOutbox;
  readonly reader: GroupcallReader;
  readonly audit: LegAudit;
  readonly dials: DialLedger;
  readonly archive: GroupcallArchive;
}

/** An empty database and processes on it. Fresh for every test; the database may be a shared one that is emptied. */
export interface StorageEnvironment {
  /** The database's time, or one that stands still; tests hand their own moments in. */
  readonly clock: Clock;
  /** Two processes that share nothing but the database. */
  readonly processes: readonly [StorageProcess, StorageProcess];
  close(): Promise<void>;
}

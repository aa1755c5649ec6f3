export { InMemoryDatabase } from './in-memory-database.js';
export { InMemoryDialLedger } from './in-memory-dial-ledger.js';
export { InMemoryEffectOutbox } from './in-memory-effect-outbox.js';
export { InMemoryGroupcallArchive } from './in-memory-groupcall-archive.js';
export { InMemoryGroupcallReader } from './in-memory-groupcall-reader.js';
export { InMemoryGroupcallStore } from './in-memory-groupcall-store.js';
export { InMemoryLegAudit } from './in-memory-leg-audit.js';
export { ManualAlarmClock, ManualAlarmQueue } from './manual-alarm-clock.js';
export { ManualClock } from './manual-clock.js';

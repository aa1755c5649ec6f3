import type { DataSource } from 'typeorm';
import type { EffectOutbox } from '../../ports/effect-outbox.port.js';
import type { GroupcallReader } from '../../ports/groupcall-reader.port.js';
import type { GroupcallStore } from '../../ports/groupcall-store.port.js';
import type { LegAudit } from '../../ports/leg-audit.port.js';
import { DatabaseClock } from './database-clock.js';
import { PostgresEffectOutbox } from './postgres/postgres-effect-outbox.js';
import { PostgresGroupcallStore } from './postgres/postgres-groupcall-store.js';
import { PostgresLegAudit } from './postgres/postgres-leg-audit.js';
import { TypeOrmGroupcallReader } from './typeorm-groupcall-reader.js';

/** The storage ports on one database. */
export interface GroupcallStorage {
  readonly clock: DatabaseClock;
  readonly store: GroupcallStore;
  readonly outbox: EffectOutbox;
  readonly reader: GroupcallReader;
  readonly audit: LegAudit;
}

/**
 * The one place where the kind of database decides.
 * @param deadline ms after which a statement counts as lost and its connection is destroyed
 */
export function groupcallStorage(dataSource: DataSource, deadline?: number): GroupcallStorage {
  const clock = new DatabaseClock(dataSource);
  const reader = new TypeOrmGroupcallReader(dataSource);
  return {
    clock,
    reader,
    store: new PostgresGroupcallStore(dataSource, deadline),
    outbox: new PostgresEffectOutbox(dataSource, deadline),
    audit: new PostgresLegAudit(dataSource, deadline),
  };
}

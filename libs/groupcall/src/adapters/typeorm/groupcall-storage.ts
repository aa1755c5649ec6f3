import type { DataSource } from 'typeorm';
import type { DialLedger } from '../../ports/dial-ledger.port.js';
import type { EffectOutbox } from '../../ports/effect-outbox.port.js';
import type { GroupcallArchive } from '../../ports/groupcall-archive.port.js';
import type { GroupcallReader } from '../../ports/groupcall-reader.port.js';
import type { GroupcallStore } from '../../ports/groupcall-store.port.js';
import type { LegAudit } from '../../ports/leg-audit.port.js';
import { NoPeers, type PeerLink } from '../../ports/peer-link.port.js';
import { DatabaseClock } from './database-clock.js';
import { dialectOf } from './dialect.js';
import { entitySet } from './entities/entity-set.js';
import { MysqlDialLedger } from './mysql/mysql-dial-ledger.js';
import { MysqlEffectOutbox } from './mysql/mysql-effect-outbox.js';
import { MysqlGroupcallArchive } from './mysql/mysql-groupcall-archive.js';
import { MysqlGroupcallStore } from './mysql/mysql-groupcall-store.js';
import { MysqlLegAudit } from './mysql/mysql-leg-audit.js';
import { PostgresDialLedger } from './postgres/postgres-dial-ledger.js';
import { PostgresEffectOutbox } from './postgres/postgres-effect-outbox.js';
import { PostgresGroupcallArchive } from './postgres/postgres-groupcall-archive.js';
import { PostgresGroupcallStore } from './postgres/postgres-groupcall-store.js';
import { PostgresLegAudit } from './postgres/postgres-leg-audit.js';
import { PostgresPeerLink } from './postgres/postgres-peer-link.js';
import { tableNames, type TableOptions } from './tables.js';
import { TypeOrmGroupcallReader } from './typeorm-groupcall-reader.js';

/** The storage ports on one database. */
export interface GroupcallStorage {
  /** The database's time; to be started. */
  readonly clock: DatabaseClock;
  /** Trees. */
  readonly store: GroupcallStore;
  /** Orders to the world. */
  readonly outbox: EffectOutbox;
  /** Lists and single resources. */
  readonly reader: GroupcallReader;
  /** What the reconciler compares. */
  readonly audit: LegAudit;
  /** Who was called how often. */
  readonly dials: DialLedger;
  /** Old trees on their way out. */
  readonly archive: GroupcallArchive;
  /** How processes on the same tables speak to each other. */
  readonly peers: PeerLink;
}

const ADAPTERS = {
  postgres: {
    Store: PostgresGroupcallStore,
    Outbox: PostgresEffectOutbox,
    Audit: PostgresLegAudit,
    Dials: PostgresDialLedger,
    Archive: PostgresGroupcallArchive,
    Peers: PostgresPeerLink,
  },
  mysql: {
    Store: MysqlGroupcallStore,
    Outbox: MysqlEffectOutbox,
    Audit: MysqlLegAudit,
    Dials: MysqlDialLedger,
    Archive: MysqlGroupcallArchive,
    // There is nothing with which its processes could call each other.
    Peers: NoPeers,
  },
};

/** Where the tables are, and how long to wait for them. */
export interface StorageOptions extends TableOptions {
  /** ms after which a statement or transaction counts as lost and its connection is destroyed. */
  deadline?: number;
}

/**
 * The adapters for the DataSource's type: the one place where the kind of database decides.
 * @throws Error when there are none for this type
 */
export function groupcallStorage(dataSource: DataSource, options: StorageOptions = {}): GroupcallStorage {
  const { Store, Outbox, Audit, Dials, Archive, Peers } = ADAPTERS[dialectOf(dataSource)];
  const { deadline, ...place } = options;
  const tables = tableNames(dataSource, place);
  return {
    clock: new DatabaseClock(dataSource),
    store: new Store(dataSource, tables, deadline),
    outbox: new Outbox(dataSource, tables, deadline),
    reader: new TypeOrmGroupcallReader(dataSource, entitySet(place)),
    audit: new Audit(dataSource, tables, deadline),
    dials: new Dials(dataSource, tables, deadline),
    archive: new Archive(dataSource, tables, deadline),
    peers: new Peers(dataSource, tables, deadline),
  };
}

import type { MigrationInterface } from 'typeorm';
import { entitySet } from './entities/entity-set.js';
import { createGroupcall1763900000000 } from './migrations/create-groupcall-1763900000000.js';
import { createGroupcallDial1764000000000 } from './migrations/create-groupcall-dial-1764000000000.js';
import { createGroupcallBundle1764200000000 } from './migrations/create-groupcall-bundle-1764200000000.js';
import { createGroupcallRetention1764100000000 } from './migrations/create-groupcall-retention-1764100000000.js';
import { keepGroupcallPages1764300000000 } from './migrations/keep-groupcall-pages-1764300000000.js';
import { checkTableOptions, type TableOptions } from './tables.js';

/**
 * For the host's DataSource: `entities: [...groupcallEntities({ schema: 'voice', tablePrefix: 'gc_' })]`. For the same
 * place always the same classes.
 * @throws Error when schema or prefix is no plain name
 */
export function groupcallEntities(place: TableOptions = {}): (new () => object)[] {
  return Object.values(entitySet(place));
}

/**
 * For the host's DataSource, with the same place as the entities: `migrations: [...groupcallMigrations({ … })]`; on
 * PostgreSQL, MariaDB or MySQL. Makes the schema when it is not there.
 * @throws Error when schema or prefix is no plain name
 */
export function groupcallMigrations(place: TableOptions = {}): (new () => MigrationInterface)[] {
  checkTableOptions(place);
  return [
    createGroupcall1763900000000(place),
    createGroupcallDial1764000000000(place),
    createGroupcallRetention1764100000000(place),
    createGroupcallBundle1764200000000(place),
    keepGroupcallPages1764300000000(place),
  ];
}

/** {@link groupcallEntities} for a DataSource that says itself where its tables are. */
export const GROUPCALL_ENTITIES = groupcallEntities();

/** {@link groupcallMigrations} for a DataSource that says itself where its tables are. */
export const GROUPCALL_MIGRATIONS = groupcallMigrations();

export { DatabaseClock } from './database-clock.js';
export { GroupcallCustomerEntity } from './entities/groupcall-customer.entity.js';
export { GroupcallDialEntity } from './entities/groupcall-dial.entity.js';
export { GroupcallLegEntity } from './entities/groupcall-leg.entity.js';
export { GroupcallOutboxEntity } from './entities/groupcall-outbox.entity.js';
export { GroupcallTreeEntity } from './entities/groupcall-tree.entity.js';
export { GroupcallEntity } from './entities/groupcall.entity.js';
export { groupcallStorage, type GroupcallStorage, type StorageOptions } from './groupcall-storage.js';
export { rootOfLeg } from './root-of-leg.js';
export { runGroupcallMigrations } from './run-groupcall-migrations.js';
export { postgresTimeLimits, STATEMENT_DEADLINE } from './time-limits.js';
export type { TableOptions } from './tables.js';

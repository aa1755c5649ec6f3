import type { MigrationInterface } from 'typeorm';
import { GroupcallCustomerEntity } from './entities/groupcall-customer.entity.js';
import { GroupcallLegEntity } from './entities/groupcall-leg.entity.js';
import { GroupcallOutboxEntity } from './entities/groupcall-outbox.entity.js';
import { GroupcallTreeEntity } from './entities/groupcall-tree.entity.js';
import { GroupcallEntity } from './entities/groupcall.entity.js';
import { CreateGroupcall1763900000000 } from './migrations/create-groupcall-1763900000000.js';

/** For the host's DataSource: `entities: [...GROUPCALL_ENTITIES]`. */
export const GROUPCALL_ENTITIES = [
  GroupcallCustomerEntity,
  GroupcallEntity,
  GroupcallLegEntity,
  GroupcallOutboxEntity,
  GroupcallTreeEntity,
];

/** For the host's DataSource: `migrations: [...GROUPCALL_MIGRATIONS]`. PostgreSQL. */
export const GROUPCALL_MIGRATIONS: (new () => MigrationInterface)[] = [CreateGroupcall1763900000000];

export { DatabaseClock } from './database-clock.js';
export { groupcallStorage, type GroupcallStorage } from './groupcall-storage.js';
export { PostgresEffectOutbox } from './postgres/postgres-effect-outbox.js';
export { PostgresGroupcallStore } from './postgres/postgres-groupcall-store.js';
export { PostgresLegAudit } from './postgres/postgres-leg-audit.js';
export { runGroupcallMigrations } from './run-groupcall-migrations.js';
export { TypeOrmGroupcallReader } from './typeorm-groupcall-reader.js';
export {
  GroupcallCustomerEntity,
  GroupcallEntity,
  GroupcallLegEntity,
  GroupcallOutboxEntity,
  GroupcallTreeEntity,
};

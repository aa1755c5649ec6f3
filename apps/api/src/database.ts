import { GROUPCALL_ENTITIES, GROUPCALL_MIGRATIONS, postgresTimeLimits } from '@groupcall/groupcall/typeorm';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DIRECTORY_ENTITIES, DIRECTORY_MIGRATIONS } from './directory/index.js';
import { EVENTS_ENTITIES, EVENTS_MIGRATIONS } from './events/index.js';
import { SIMULATOR_ENTITIES, SIMULATOR_MIGRATIONS } from './simulator/index.js';

/** Of the library and of the host, all run together. */
export const MIGRATIONS = [
  ...GROUPCALL_MIGRATIONS,
  ...DIRECTORY_MIGRATIONS,
  ...EVENTS_MIGRATIONS,
  ...SIMULATOR_MIGRATIONS,
];

/** The one DataSource. Time limits are the server's, so that what runs out of time is also over there (RELIABILITY D4). */
export const databaseOptions = (url: string) =>
  ({
    type: 'postgres',
    url,
    applicationName: 'groupcall',
    entities: [...GROUPCALL_ENTITIES, ...DIRECTORY_ENTITIES, ...EVENTS_ENTITIES, ...SIMULATOR_ENTITIES],
    synchronize: false,
    logging: false,
    poolSize: 20,
    // Without it a caller waits for ever for a free connection.
    connectTimeoutMS: 5_000,
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      ...postgresTimeLimits(),
    },
  }) as const satisfies TypeOrmModuleOptions;

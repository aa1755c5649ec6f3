import {
  GROUPCALL_ENTITIES,
  GROUPCALL_MIGRATIONS,
  runGroupcallMigrations,
} from '@groupcall/groupcall/typeorm';
import { DataSource } from 'typeorm';

/** Migrates an empty database, and then adds what the laboratory wants in it. */
export async function createTables(
  type: 'postgres' | 'mariadb',
  url: string,
  more: readonly string[],
): Promise<void> {
  const source = new DataSource({
    type,
    url,
    entities: GROUPCALL_ENTITIES,
    migrations: GROUPCALL_MIGRATIONS,
  });
  await source.initialize();
  try {
    await runGroupcallMigrations(source);
    for (const statement of more) await source.query(statement);
  } finally {
    await source.destroy();
  }
}

import type { DatabaseKind, DatabaseServer } from './database-server.js';
import { MariaDbServer } from './mariadb/mariadb-server.js';
import { PostgresCluster } from './postgres/postgres-cluster.js';

/** @param folder an existing folder that others may enter */
export function openDatabaseServer(kind: DatabaseKind, folder: string): Promise<DatabaseServer> {
  return kind === 'mariadb' ? MariaDbServer.open(folder) : PostgresCluster.open(folder);
}

import type { DataSource } from 'typeorm';
import type { Failpoints } from './failpoints.js';
import { installMariaDbFailpoints } from './mariadb-failpoints.js';
import { installPostgresFailpoints } from './postgres-failpoints.js';

interface PoolCounts {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

interface Countable {
  readonly length: number;
}

/** What the drivers have inside. */
interface Driver {
  /** `pg`. */
  readonly master: { totalCount: number; idleCount: number; waitingCount: number } & Parameters<
    typeof installPostgresFailpoints
  >[0];
  /** `mysql2`. */
  readonly pool: { _allConnections: Countable; _freeConnections: Countable; _connectionQueue: Countable };
}

const driverOf = (source: DataSource) => source.driver as unknown as Driver;
const isMariaDb = (source: DataSource) => source.options.type === 'mariadb';

/** F4 to F7 lie between our process and the database, in the transaction that commits a turn. */
export function installSqlFailpoints(source: DataSource, points: Failpoints): void {
  if (isMariaDb(source)) installMariaDbFailpoints(source.driver, points);
  else installPostgresFailpoints(driverOf(source).master, points);
}

export function poolOf(source: DataSource): PoolCounts {
  if (isMariaDb(source)) {
    const { _allConnections: all, _freeConnections: free, _connectionQueue: queue } = driverOf(source).pool;
    return { total: all.length, idle: free.length, waiting: queue.length };
  }
  const { totalCount: total, idleCount: idle, waitingCount: waiting } = driverOf(source).master;
  return { total, idle, waiting };
}

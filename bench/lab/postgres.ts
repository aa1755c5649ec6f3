import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { runGroupcallMigrations } from '../../libs/groupcall/src/adapters/typeorm/index.js';
import { startEmbeddedPostgres } from '../../apps/api/src/embedded/index.js';
import { openDataSource } from '../contenders/data-source.js';
import { NORMALISED_TABLES } from '../contenders/normalised-tables.js';
import { openPostgresCpu, type PostgresCpu } from './postgres-cpu.js';

/** The PostgreSQL of this run. */
export interface BenchPostgres {
  readonly version: string;
  readonly settings: Record<string, string>;
  readonly own: boolean;
  readonly cpu: PostgresCpu;
  readonly admin: pg.Client;
  /** A database with the tables in it. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

const JUDGED_BY = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'wal_sync_method'];
const silent = () => undefined;

/**
 * `BENCH_DATABASE_URL`, or a PostgreSQL of the run's own, with nobody else in it. Databases made here are removed.
 * @throws Error when it does not wait for the disk
 */
export async function openPostgres(): Promise<BenchPostgres> {
  const given = process.env.BENCH_DATABASE_URL;
  const embedded = given ? undefined : await startOwn();
  const url = given ?? embedded!.url;
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', silent);
  await admin.connect();
  const databases: string[] = [];
  /** The template, then one database after the other: a connection does one thing at a time. */
  let line: Promise<unknown> | undefined;
  const nameOf = (name: string) => `groupcall_bench_${process.pid}_${name}`;
  const make = async (name: string, from: string) => {
    await admin.query(`CREATE DATABASE ${nameOf(name)} TEMPLATE ${from}`);
    databases.push(nameOf(name));
    const target = new URL(url);
    target.pathname = `/${nameOf(name)}`;
    return target.href;
  };
  const stop = async () => {
    // The run's own one goes as a whole, and has gone already when somebody has pressed Ctrl-C.
    if (!embedded)
      for (const name of databases.reverse())
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end().catch(silent);
    await embedded?.stop();
  };
  try {
    const settings: Record<string, string> = {};
    for (const name of JUDGED_BY) {
      const { rows } = await admin.query<Record<string, string>>(`SHOW ${name}`);
      settings[name] = rows[0][name];
    }
    for (const name of ['fsync', 'synchronous_commit']) {
      if (settings[name] === 'off')
        throw new Error(`This PostgreSQL has ${name} off: what it measures is worth nothing. Turn it on.`);
    }
    const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
    return {
      version: rows[0].server_version,
      settings,
      own: embedded !== undefined,
      cpu: await openPostgresCpu(admin, embedded !== undefined),
      admin,
      stop,
      createDatabase(name) {
        line ??= make('template', 'template1').then(withTables);
        const made = line.then(() => make(name, nameOf('template')));
        line = made;
        return made;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function withTables(url: string): Promise<void> {
  const source = await openDataSource(url);
  await runGroupcallMigrations(source);
  for (const statement of NORMALISED_TABLES) await source.query(statement);
  await source.destroy();
}

async function startOwn() {
  const dataDir = await mkdtemp(join(tmpdir(), 'groupcall-bench-'));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: silent,
    settings: { max_connections: '300' },
  });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

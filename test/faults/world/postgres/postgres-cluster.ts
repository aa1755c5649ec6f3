import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from '../../../support/eventually.js';
import { freePort } from '../../../support/free-port.js';
import type { GroupcallRecord, LegRecord, TreeVersion } from '../../checker/records.js';
import { DatabaseServer, type StopMode } from '../database-server.js';
import { createTables } from '../engine-tables.js';
import { asNobody } from '../run-as-nobody.js';
import { findBinaries } from './find-binaries.js';
import { WITNESSES } from './lab-tables.js';

const run = promisify(execFile);

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // A process may die here, the machine does not: what was written survives without being flushed to the disk.
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '256MB',
  log_min_messages: 'warning',
} as const;

/** A database with everything in it, to be copied. */
const TEMPLATE = 'template_of_all';

interface VersionRow {
  root_id: string;
  version: number;
  at: number;
  tree: {
    customer_id: string;
    winner_leg_id: string | null;
    event_sequence: number;
    idempotency_key: string | null;
  };
  groupcalls: GroupcallRecord[];
  legs: LegRecord[];
}

export class PostgresCluster extends DatabaseServer {
  readonly kind = 'postgres';
  readonly name = 'PostgreSQL';
  /** The name under which it is prepared: in every request that executes it. */
  readonly commitMarker = 'groupcall_commit_';
  private child: ChildProcess | undefined;
  /** Databases are made one after the other: a template can be copied by one at a time. */
  private making: Promise<unknown> = Promise.resolve();
  private hasTemplate = false;

  private constructor(
    private readonly bin: string,
    private readonly folder: string,
    private readonly port: number,
  ) {
    super();
  }

  /** @param folder an existing folder that others may enter; gets `postgres/` and `postgres.log` */
  static async open(folder: string): Promise<PostgresCluster> {
    const cluster = new PostgresCluster(findBinaries(), folder, await freePort());
    await mkdir(cluster.data, { mode: 0o700 });
    const { uid, gid } = asNobody();
    if (uid !== undefined && gid !== undefined) await chown(cluster.data, uid, gid);
    await run(
      join(cluster.bin, 'initdb'),
      ['-D', cluster.data, '-A', 'trust', '-U', 'lab', '--encoding=UTF8', '--locale=C', '--no-sync'],
      { cwd: '/', ...asNobody() },
    );
    await cluster.start();
    return cluster;
  }

  override urlOf(database: string): string {
    return `postgres://lab@127.0.0.1:${this.port}/${database}`;
  }

  override async start(): Promise<void> {
    const log = openSync(join(this.folder, 'postgres.log'), 'a');
    const settings = Object.entries({ ...SETTINGS, port: String(this.port) });
    this.child = spawn(
      join(this.bin, 'postgres'),
      ['-D', this.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { cwd: '/', stdio: ['ignore', log, log], ...asNobody() },
    );
    closeSync(log);
    await eventually(() => this.query('postgres', 'SELECT 1'), { timeout: 30_000, interval: 50 });
  }

  override async stop(mode: StopMode): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  override async query<Row extends object>(
    database: string,
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.urlOf(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  override async create(database: string): Promise<void> {
    this.making = this.making.then(async () => {
      if (!this.hasTemplate) {
        await this.query('postgres', `CREATE DATABASE ${TEMPLATE}`);
        await createTables('postgres', this.urlOf(TEMPLATE), [WITNESSES]);
        this.hasTemplate = true;
      }
      await this.query('postgres', `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE}`);
    });
    await this.making;
  }

  override async disconnect(database: string): Promise<void> {
    await this.query(
      'postgres',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [database],
    );
  }

  override async freeze(database: string): Promise<{ what: string; thaw: () => void }> {
    const rows = await this.query<{ pid: number }>(
      'postgres',
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'
       ORDER BY state = 'active' DESC, random() LIMIT 6`,
      [database],
    );
    const signal = (name: NodeJS.Signals) => {
      for (const { pid } of rows) {
        try {
          process.kill(pid, name);
        } catch {
          // It has ended meanwhile.
        }
      }
    };
    signal('SIGSTOP');
    return { what: `${rows.length} backends`, thaw: () => signal('SIGCONT') };
  }

  override async idleTransactions(database: string): Promise<number> {
    const open = await this.query(
      database,
      `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in transaction%'`,
      [database],
    );
    return open.length;
  }

  protected override async takeVersions(database: string): Promise<Map<string, TreeVersion[]>> {
    const rows = await this.query<VersionRow>(
      database,
      'SELECT * FROM lab_version ORDER BY root_id, version, at',
    );
    await this.query(database, 'TRUNCATE lab_version');
    const trees = new Map<string, TreeVersion[]>();
    for (const { root_id: rootId, version, at, tree, groupcalls, legs } of rows) {
      const one: TreeVersion = {
        rootId,
        version,
        at,
        customerId: tree.customer_id,
        winnerLegId: tree.winner_leg_id,
        eventSequence: tree.event_sequence,
        idempotencyKey: tree.idempotency_key,
        groupcalls,
        legs,
      };
      const known = trees.get(rootId);
      if (known) known.push(one);
      else trees.set(rootId, [one]);
    }
    return trees;
  }

  private get data(): string {
    return join(this.folder, 'postgres');
  }
}

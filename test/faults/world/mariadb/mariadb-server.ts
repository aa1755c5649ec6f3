import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { eventually } from '../../../support/eventually.js';
import { freePort } from '../../../support/free-port.js';
import type { TreeVersion } from '../../checker/records.js';
import { DatabaseServer, type StopMode } from '../database-server.js';
import { createTables } from '../engine-tables.js';
import { asNobody } from '../run-as-nobody.js';
import { NOTES, WITNESSES } from './lab-tables.js';
import { historiesOf, type Note } from './tree-history.js';

const run = promisify(execFile);

const SETTINGS = {
  'bind-address': '127.0.0.1',
  'max-connections': '200',
  'performance-schema': 'OFF',
  'innodb-buffer-pool-size': '128M',
  // A process may die here, the machine does not: what was written survives without being flushed to the disk.
  'innodb-flush-log-at-trx-commit': '2',
  'innodb-flush-method': 'nosync',
} as const;

const ADMINISTRATION = 'mysql';

export class MariaDbServer extends DatabaseServer {
  readonly kind = 'mariadb';
  readonly name = 'MariaDB';
  // As a command of its own: the isolation level READ COMMITTED is none.
  readonly commitMarker = '\u0003COMMIT';
  private child: ChildProcess | undefined;
  private readonly pages = new Map<string, number>();

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {
    super();
  }

  /** @param folder an existing folder that others may enter; gets `mariadb/` and `mariadb.log` */
  static async open(folder: string): Promise<MariaDbServer> {
    const server = new MariaDbServer(folder, await freePort());
    await mkdir(server.data, { mode: 0o700 });
    const { uid, gid } = asNobody();
    if (uid !== undefined && gid !== undefined) await chown(server.data, uid, gid);
    const install = [
      '--no-defaults',
      `--datadir=${server.data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ];
    await run('mariadb-install-db', install, { cwd: '/', ...asNobody() }).catch((error: unknown) => {
      throw new Error('The fault laboratory needs the programs of MariaDB (Debian: mariadb-server).', {
        cause: error,
      });
    });
    await server.start();
    return server;
  }

  override urlOf(database: string): string {
    return `mysql://root@127.0.0.1:${this.port}/${database}`;
  }

  override async start(): Promise<void> {
    const log = openSync(join(this.folder, 'mariadb.log'), 'a');
    const settings = Object.entries({
      ...SETTINGS,
      datadir: this.data,
      port: String(this.port),
      socket: join(this.data, 'socket'),
    });
    this.child = spawn(
      'mariadbd',
      ['--no-defaults', ...settings.map(([name, value]) => `--${name}=${value}`)],
      { cwd: '/', stdio: ['ignore', log, log], ...asNobody() },
    );
    closeSync(log);
    await eventually(() => this.query(ADMINISTRATION, 'SELECT 1'), { timeout: 30_000, interval: 50 });
  }

  override async stop(mode: StopMode): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(mode === 'fast' ? 'SIGTERM' : 'SIGKILL');
    await ended;
  }

  override async query<Row extends object>(
    database: string,
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const connection = await createConnection({ uri: this.urlOf(database), connectTimeout: 5_000 });
    connection.on('error', () => undefined);
    try {
      const [rows] = await connection.query<RowDataPacket[]>(text, values);
      return rows as unknown as Row[];
    } finally {
      await connection.end().catch(() => undefined);
    }
  }

  override async create(database: string): Promise<void> {
    await this.query(ADMINISTRATION, `CREATE DATABASE ${database}`);
    await createTables('mariadb', this.urlOf(database), WITNESSES);
  }

  override async disconnect(database: string): Promise<void> {
    const sessions = await this.query<{ id: number }>(
      ADMINISTRATION,
      'SELECT id FROM information_schema.processlist WHERE db = ?',
      [database],
    );
    // Who has gone meanwhile cannot be sent away.
    for (const { id } of sessions)
      await this.query(ADMINISTRATION, `KILL CONNECTION ${id}`).catch(() => undefined);
  }

  /** Sessions are threads here: only all of them can be stopped. */
  override async freeze(): Promise<{ what: string; thaw: () => void }> {
    const child = this.child;
    child?.kill('SIGSTOP');
    return { what: 'the whole server', thaw: () => child?.kill('SIGCONT') };
  }

  override async idleTransactions(database: string): Promise<number> {
    const open = await this.query(
      ADMINISTRATION,
      `SELECT 1 FROM information_schema.innodb_trx t JOIN information_schema.processlist p
       ON p.id = t.trx_mysql_thread_id WHERE p.db = ? AND p.command = 'Sleep'`,
      [database],
    );
    return open.length;
  }

  protected override async takeVersions(database: string): Promise<Map<string, TreeVersion[]>> {
    const notes = await this.query<Note & { seq: number }>(database, NOTES, [this.pages.get(database) ?? 0]);
    const last = notes.at(-1);
    if (last) this.pages.set(database, last.seq);
    return historiesOf(notes);
  }

  private get data(): string {
    return join(this.folder, 'mariadb');
  }
}

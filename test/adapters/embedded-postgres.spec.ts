import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { locateBinaries, Binaries } from '../../apps/api/src/embedded/binaries.js';
import {
  startEmbeddedPostgres,
  stopLeftBehind,
  type EmbeddedPostgres,
} from '../../apps/api/src/embedded/index.js';
import { readPostmasterPid } from '../../apps/api/src/embedded/postmaster-pid.js';
import { isAlive } from '../../apps/api/src/embedded/processes.js';
import { usableBinaries } from '../../apps/api/src/embedded/usable-binaries.js';
import { end, endAll, spawnEmbedded } from '../support/embedded-process.js';
import { eventually } from '../support/eventually.js';
import { scratchFolder } from '../support/scratch-folder.js';

const isRoot = process.getuid?.() === 0;
const NAMELESS = 54_321;

jest.setTimeout(60_000);

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  let lines: string[];
  const running: EmbeddedPostgres[] = [];
  const log = (line: string) => void lines.push(line);
  const start = async (folder = dataDir) => {
    const postgres = await startEmbeddedPostgres({ dataDir: folder, log, settings: { fsync: 'off' } });
    running.push(postgres);
    return postgres;
  };
  const postmaster = async () => (await readPostmasterPid(join(dataDir, 'cluster')))?.pid ?? 0;

  const newFolder = () => mkdtempSync(join(tmpdir(), 'groupcall-embedded-'));
  let template: string;

  beforeAll(async () => {
    lines = [];
    template = newFolder();
    await (await start(template)).stop();
  });

  beforeEach(() => {
    lines = [];
    dataDir = newFolder();
  });

  afterAll(() => rmSync(template, { recursive: true, force: true }));

  afterEach(async () => {
    await endAll();
    await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
    await stopLeftBehind({ dataDir, log }).catch(() => undefined);
    rmSync(dataDir, { recursive: true, force: true });
  });

  describe('with a database from before', () => {
    // Making one takes ten times as long as copying one.
    beforeEach(() => {
      rmSync(dataDir, { recursive: true });
      dataDir = scratchFolder('groupcall-embedded-');
      execFileSync('cp', ['-a', `${template}/.`, dataDir]);
    });

    it('keeps its data from one run to the next, at an address of its own', async () => {
      const first = await start();
      await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      await first.stop();

      const second = await start();

      expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      expect(second.adopted).toBe(false);
    });

    it('is UTF-8 with byte-wise sorting, listens on the loopback interface only and asks for the password', async () => {
      const { url, port } = await start();

      const [settings] = await query(
        url,
        `SELECT current_setting('server_encoding') AS encoding, datcollate AS collation,
        current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets
        FROM pg_database WHERE datname = current_database()`,
      );
      expect(settings).toEqual({ encoding: 'UTF8', collation: 'C', addresses: '127.0.0.1', sockets: '' });
      await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
        /password authentication failed/,
      );
      await expect(query(`postgres://postgres@127.0.0.1:${port}/postgres`, 'SELECT 1')).rejects.toThrow(
        /pg_hba|password/,
      );
    });

    it('keeps its folder and its password to itself', async () => {
      const { url } = await start();

      expect(statSync(dataDir).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'cluster')).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
      expect(url).toContain(readFileSync(join(dataDir, 'password'), 'utf8'));
    });

    it('never runs as root', async () => {
      await start();
      const uid = userOf(await postmaster());
      expect(uid).toBe(isRoot ? 65_534 : process.getuid?.());
    });

    it('stops for good, however often it is told', async () => {
      const postgres = await start();
      const pid = await postmaster();
      await Promise.all([postgres.stop(), postgres.stop()]);
      expect(await isAlive(pid)).toBe(false);
    });

    it('stops while clients are busy', async () => {
      const postgres = await start();
      const busy = query(postgres.url, 'SELECT pg_sleep(600)').catch((error: unknown) => error);
      await eventually(async () =>
        expect(
          await query(postgres.url, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)'"),
        ).not.toEqual([]),
      );
      await postgres.stop();
      expect(String(await busy)).toMatch(/terminat/);
    });

    it('adopts the PostgreSQL that a killed server left behind', async () => {
      const killed = await spawnEmbedded(dataDir);
      await query(killed.report.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      const pid = await postmaster();
      await end(killed.child, 'SIGKILL');

      const next = await start();

      expect(next).toMatchObject({ adopted: true, port: killed.report.port });
      expect(await postmaster()).toBe(pid);
      expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      await next.stop();
      expect(await isAlive(pid)).toBe(false);
    });

    it('recovers when server and PostgreSQL were both killed', async () => {
      const killed = await spawnEmbedded(dataDir);
      await query(killed.report.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      const pid = await postmaster();
      await end(killed.child, 'SIGKILL');
      process.kill(pid, 'SIGKILL');

      const next = await start();

      expect(next.adopted).toBe(false);
      expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    });

    it('starts although the old process number now belongs to a stranger, and leaves the stranger alone', async () => {
      const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60_000)']);
      try {
        const file = join(dataDir, 'cluster', 'postmaster.pid');
        writeFileSync(file, `${stranger.pid}\n${join(dataDir, 'cluster')}\n1\n1\n\n127.0.0.1\n\nready   \n`);

        const next = await start();

        expect(next.adopted).toBe(false);
        expect(stranger.exitCode).toBeNull();
        expect(stranger.signalCode).toBeNull();
      } finally {
        stranger.kill('SIGKILL');
      }
    });

    it('refuses a folder that a living server uses, and says which', async () => {
      const living = await spawnEmbedded(dataDir);
      await expect(start()).rejects.toThrow(
        `already in use by the server with process number ${living.child.pid}`,
      );
      await end(living.child, 'SIGTERM');
      expect((await start()).adopted).toBe(false);
    });

    it('gives the folder to exactly one of two servers that start at the same moment', async () => {
      const [one, other] = await Promise.all([spawnEmbedded(dataDir), spawnEmbedded(dataDir)]);
      const refused = [one, other].filter(({ report }) => report.failed);
      expect(refused).toHaveLength(1);
      expect(refused[0]?.report.failed).toMatch(/already in use/);
      await end(refused[0] === one ? other.child : one.child, 'SIGTERM');
    });

    it('runs again at the same address after PostgreSQL died', async () => {
      const postgres = await start();
      await query(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      process.kill(await postmaster(), 'SIGKILL');
      await eventually(async () =>
        expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]),
      );
      expect(lines).toContain('PostgreSQL has ended unexpectedly, starting it again');
    });

    it('refuses a database of another PostgreSQL version', async () => {
      writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '12\n');
      await expect(start()).rejects.toThrow(/made by PostgreSQL 12 and this one is \d+/);
    });

    it("tells PostgreSQL's own reason when it does not start", async () => {
      const starting = startEmbeddedPostgres({ dataDir, log, settings: { shared_buffers: 'plenty' } });
      await expect(starting).rejects.toThrow(/invalid value for parameter "shared_buffers": "plenty"/);
    });
  });

  it('removes what an interrupted creation left and creates the database anew', async () => {
    mkdirSync(join(dataDir, 'cluster.new-1'));
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(existsSync(join(dataDir, 'cluster.new-1'))).toBe(false);
  });

  it('refuses a folder that holds something else, and leaves it as it is', async () => {
    writeFileSync(join(dataDir, 'thesis.txt'), '');
    chmodSync(dataDir, 0o755);
    await expect(start()).rejects.toThrow(/holds something else/);
    expect(statSync(dataDir).mode & 0o777).toBe(0o755);
  });

  it('makes the missing symlinks of an installation without install scripts', async () => {
    const copy = copyWithoutSymlinks(join(dataDir, 'native'));
    expect(await usableBinaries(copy, undefined, dataDir, log)).toBe(copy);
    expect(execFileSync(copy.program('postgres'), ['--version'], { encoding: 'utf8' })).toContain(
      copy.version,
    );
  });

  // The rest is about root and users that only root can become.
  (isRoot ? describe : describe.skip)('started by root', () => {
    it('works for a user without an entry in the list of users', async () => {
      chownSync(dataDir, NAMELESS, NAMELESS);
      const { url } = await start();
      expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      expect(statSync(join(dataDir, 'cluster')).uid).toBe(NAMELESS);
    });

    it('lives elsewhere when nobody else may enter the folder above, and finds its data again', async () => {
      const hidden = join(dataDir, 'database');
      const first = await start(hidden);
      const [{ folder }] = (await query(first.url, "SELECT current_setting('data_directory') AS folder")) as [
        { folder: string },
      ];
      await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      await first.stop();
      const second = await start(hidden);
      expect(folder.startsWith(dataDir)).toBe(false);
      expect(lines.join('\n')).toContain(`the database lives in ${dirname(folder)}`);
      expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      await second.stop();
      rmSync(dirname(folder), { recursive: true });
    });

    it('runs a copy of binaries that nobody else can reach', async () => {
      const user = { uid: NAMELESS, gid: NAMELESS };
      const copies = mkdtempSync(join(tmpdir(), 'groupcall-binaries-'));
      chmodSync(copies, 0o755);
      const hidden = copyWithoutSymlinks(join(dataDir, 'native'));
      const usable = await usableBinaries(hidden, user, copies, log);
      expect(dirname(usable.root)).toBe(copies);
      const version = execFileSync(usable.program('postgres'), ['--version'], {
        ...user,
        cwd: '/',
        encoding: 'utf8',
      });
      expect(version).toContain(usable.version);
      rmSync(copies, { recursive: true });
    });
  });
});

function userOf(pid: number): number {
  if (process.platform === 'linux') return statSync(`/proc/${pid}`).uid;
  return Number(execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }));
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function copyWithoutSymlinks(root: string): Binaries {
  const installed = locateBinaries();
  linkFiles(installed.root, root);
  return new Binaries(root, installed.packageVersion);
}

/** A folder of the same files, and nothing else: a thousand copies would take seconds. */
function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else if (entry.isFile()) linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // The folder for temporary files may be on another disk.
    copyFileSync(source, target);
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/eventually.js';
import { Start } from './support/start.js';

describe('starting the server', () => {
  let database: TestDatabase;
  let dataDir: string;
  let running: Start | undefined;
  const start = (env: Record<string, string> = {}) =>
    (running = new Start({ DATABASE_URL: database.url, DATA_DIR: dataDir, ...env }));

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'groupcall-start-'));
  });
  afterEach(async () => {
    running?.signal('SIGKILL');
    await running?.exitCode();
  });
  afterAll(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a misspelled variable',
      { DATABSE_URL: 'x' },
      /^groupcall: DATABSE_URL is not a variable of this server: did you mean DATABASE_URL\?$/,
    ],
    [
      'a database that is not supported',
      { DATABASE_URL: 'mysql://root:hunter2@db/x' },
      /^groupcall: DATABASE_URL must be a postgres:\/\/ URL: MySQL and MariaDB are not supported yet\.$/,
    ],
    [
      'production without secrets',
      { NODE_ENV: 'production' },
      /^\{"level":"error","context":"Start","message":"NODE_ENV=production needs JWT_SECRET: [^"]*\.",.*\}$/,
    ],
  ])('with %s ends with one sentence and code 1', async (_, env, sentence) => {
    const server = start(env);
    expect(await server.exitCode()).toBe(1);
    expect(server.stderr.trimEnd()).toMatch(sentence);
    expect(server.stdout).toBe('');
  });

  it('on a port that is taken ends with one sentence and code 1', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = start({ PORT: String(port) });
    expect(await server.exitCode()).toBe(1);
    expect(server.stderr.trimEnd().split('\n').at(-1)).toBe(
      `groupcall: Port ${port} of 127.0.0.1 is taken: set PORT to another one, or to 0 for any.`,
    );
    expect(server.stderr).not.toMatch(/\n\s+at /);
    other.close();
  }, 30_000);

  it('prints what one needs next, and the printed request rings three phones', async () => {
    const server = start();
    const url = await server.url();
    const password = (await readFile(join(dataDir, 'admin-password'), 'utf8')).trim();
    expect(server.stdout).toContain(`${url}/docs`);
    expect(server.stdout).toContain(`${url}/admin/queues`);
    expect(server.stdout).toContain(password);
    for (const name of ['admin-password', 'jwt-secret']) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    }
    const [, command] = /^(curl [\s\S]*?}')$/m.exec(server.stdout) ?? [];
    const curl = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    curl.stdout.on('data', (chunk) => (output += String(chunk)));
    await once(curl, 'close');
    expect(JSON.parse(output)).toMatchObject({ status: 'progressing', call_count: 3 });
    server.signal('SIGTERM');
    expect(await server.exitCode()).toBe(0);
  }, 60_000);

  it('keeps tokens valid over a restart', async () => {
    const first = start();
    await first.url();
    const [, token] = /Bearer (\S+)'/.exec(first.stdout) ?? [];
    first.signal('SIGINT');
    expect(await first.exitCode()).toBe(0);
    const url = await start().url();
    const { status } = await fetch(`${url}/groupcalls`, { headers: { authorization: `Bearer ${token}` } });
    expect(status).toBe(200);
  }, 60_000);

  it('in production shows no secret', async () => {
    const secrets = {
      JWT_SECRET: 'a secret of the operator, long enough',
      ADMIN_PASSWORD: 'of the operator',
    };
    const server = start({ NODE_ENV: 'production', ALLOW_SIMULATED_CALLS: 'true', ...secrets });
    await server.url();
    expect(server.stdout + server.stderr).not.toMatch(/of the operator|Bearer|eyJ/);
    // Every line is an object for the collector of logs, and one of them says that nobody is called.
    const lines = (server.stdout + server.stderr).trim().split('\n');
    const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toContain('ALLOW_SIMULATED_CALLS: the phones are simulated, nobody is called');
  }, 60_000);

  it('a stop loses nobody behind a proxy: kept connections bring a last request, new ones are refused', async () => {
    const server = start();
    const url = await server.url();
    const [, token] = /Bearer (\S+)'/.exec(server.stdout) ?? [];
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (agent: Agent | false, method: string, path: string) => {
      const asked = request(url + path, {
        method,
        agent,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      asked.end(method === 'POST' ? '{"destinations":[{"type":"sip","target":"ring@sim"}]}' : undefined);
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      await text(response);
      return { status: response.statusCode, connection: response.headers.connection };
    };
    expect(await ask(kept, 'GET', '/health/live')).toEqual({ status: 200, connection: 'keep-alive' });
    server.signal('SIGTERM');
    await eventually(() => expect(server.stderr).toContain('finishing what is under way'));
    expect(await ask(kept, 'POST', '/groupcalls')).toEqual({ status: 201, connection: 'close' });
    await expect(ask(false, 'POST', '/groupcalls')).rejects.toThrow('ECONNREFUSED');
    expect(await server.exitCode()).toBe(0);
  }, 60_000);

  it('a signal ends it although somebody listens to events for ever', async () => {
    const server = start();
    const url = await server.url();
    const [, token] = /Bearer (\S+)'/.exec(server.stdout) ?? [];
    const stream = await fetch(`${url}/groupcalls/events`, { headers: { authorization: `Bearer ${token}` } });
    expect(stream.status).toBe(200);
    const begun = performance.now();
    server.signal('SIGTERM');
    expect(await server.exitCode()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
    await stream.body?.cancel().catch(() => undefined);
  }, 60_000);

  it('a second signal ends it at once', async () => {
    const server = start();
    const url = await server.url();
    const [, token] = /Bearer (\S+)'/.exec(server.stdout) ?? [];
    // Something that keeps the first signal waiting.
    const stream = await fetch(`${url}/groupcalls/events`, { headers: { authorization: `Bearer ${token}` } });
    server.signal('SIGTERM');
    await eventually(() => expect(server.stderr).toContain('finishing what is under way'));
    const begun = performance.now();
    server.signal('SIGTERM');
    expect(await server.exitCode()).toBe(1);
    expect(performance.now() - begun).toBeLessThan(1_000);
    await stream.body?.cancel().catch(() => undefined);
  }, 60_000);
});

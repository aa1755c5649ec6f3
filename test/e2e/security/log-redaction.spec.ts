import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AccessTokens } from '../../../apps/api/src/auth/access-tokens.js';
import { ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { ServerProcess } from '../../support/server-process.js';

const SECRET = 'a-secret-for-this-test-that-is-long-enough';
const REQUEST = 'a-request-of-this-test';
const PASSWORD = 'admin password of this test';
/** What must not be found in anything that the server writes, at its most talkative and in trouble. */
const SEEDED = {
  number: '+4915112345678',
  'forbidden number': '+8821234567890',
  'sip user': 'zebulon.quagmire',
  name: 'Zebulon Quagmire',
  'bad target': '+15551230000&SIP/evil',
};

describe.each(['text', 'json'] as const)('the log as %s', (format) => {
  let database: TestDatabase;
  let dataDir: string;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'groupcall-log-'));
    const tokens = new AccessTokens({ secret: SECRET, issuer: 'groupcall', audience: 'groupcall-api' });
    token = await tokens.issue({ role: 'customer_admin', customerId: randomUUID() }, '1h');
    server = await ServerProcess.start({
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      JWT_SECRET: SECRET,
      ADMIN_PASSWORD: PASSWORD,
      LOG_LEVEL: 'verbose',
      LOG_FORMAT: format,
      DIAL_TEL_PREFIXES: '+49',
    });
  }, 90_000);
  afterAll(async () => {
    await server?.kill();
    await database?.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('tells of trouble without numbers, names, tokens and passwords', async () => {
    const api = new ApiClient(server.url, token);
    const agent = '01900000-0000-7000-8000-0000000000f1';
    const { number, name } = SEEDED;
    const user = `${SEEDED['sip user']}@sim`;
    const addresses = [
      { type: 'tel', target: SEEDED['forbidden number'], name },
      { type: 'sip', target: user, name },
    ];
    expect((await api.request('PUT', `/agents/${agent}`, { addresses })).status).toBe(200);
    await api.create({
      source: { type: 'tel', target: number, name },
      destinations: [{ type: 'agent', target: agent }],
    });
    await eventually(async () => expect(server.log).toMatch(/is not dialled/));
    await api.post('/groupcalls', { destinations: [{ type: 'tel', target: SEEDED['bad target'], name }] });
    await fetch(`${server.url}/groupcalls?token=${token}`, {
      headers: { authorization: `Bearer ${token}x` },
    });
    await fetch(`${server.url}/admin/login`, {
      method: 'POST',
      body: new URLSearchParams({ user: 'admin', password: `${PASSWORD}!` }),
    });

    // Statements fail with all their parameters at hand: of the directory, and of the events.
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('ALTER TABLE agent RENAME TO agent_away');
    await admin.query('ALTER TABLE event_log RENAME TO event_log_away');
    await admin.end();
    const failed = await fetch(`${server.url}/agents/${agent}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-request-id': REQUEST,
      },
      body: JSON.stringify({ addresses }),
    });
    expect(failed.status).toBe(500);
    expect(failed.headers.get('x-request-id')).toBe(REQUEST);
    await api.create({
      source: { type: 'tel', target: number, name },
      destinations: [
        { type: 'tel', target: number, name },
        { type: 'sip', target: user },
      ],
    });
    await eventually(async () => {
      expect(server.log).toMatch(/PUT \/agents\/.* 500/);
      expect(server.log).toMatch(/publish of tree .* failed/);
    });

    if (format === 'json') {
      const lines = server.log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 'error',
          context: 'Http',
          request: REQUEST,
          pid: expect.any(Number),
        }),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          context: 'Groupcall',
          tree: expect.stringMatching(/^[0-9a-f-]{36}$/),
          message: expect.stringMatching(/^publish of tree .* failed/),
        }),
      );
    } else {
      expect(server.log).toMatch(new RegExp(`PUT /agents/.* 500 \\(request ${REQUEST}\\)`));
    }

    const secrets = { ...SEEDED, token, signature: token.split('.')[2], secret: SECRET, password: PASSWORD };
    for (const [what, text] of Object.entries(secrets)) {
      // The banner of a development server shows a token of its own, not this one.
      expect({ what, isLogged: server.log.includes(text) }).toEqual({ what, isLogged: false });
    }
    expect(server.log).not.toContain(number.slice(1));
  }, 60_000);
});

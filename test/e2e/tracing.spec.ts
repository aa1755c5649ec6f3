import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessTokens, resolveSettings } from '../../apps/api/src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/eventually.js';
import { CUSTOMER } from './support/api-server.js';
import { Start } from './support/start.js';

const JWT_SECRET = 'a secret that is known to this test only';
const NUMBERS = ['+4930111222', '+4930333444'];

interface Exported {
  readonly name: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly links?: { spanId: string }[];
}

describe('A server whose collector is named by OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  let database: TestDatabase;
  let dataDir: string;
  let collector: Server;
  let server: Start;
  let url: string;
  let body = '';
  const spans: Exported[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'groupcall-tracing-'));
    const take = (text: string) => {
      body += text;
      const { resourceSpans } = JSON.parse(text) as {
        resourceSpans: { scopeSpans: { spans: Exported[] }[] }[];
      };
      for (const { scopeSpans } of resourceSpans) spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    };
    collector = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        take(text);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    server = new Start({
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      JWT_SECRET,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    url = await server.url();
  }, 60_000);
  afterAll(async () => {
    server?.signal('SIGTERM');
    await server?.exitCode();
    collector?.close();
    await database?.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('shows one tree of spans from POST /groupcalls to each phone that rings', async () => {
    const { tokens } = resolveSettings({ NODE_ENV: 'test', JWT_SECRET });
    const token = await new AccessTokens(tokens).issue(
      { role: 'customer_admin', customerId: CUSTOMER },
      '1h',
    );
    const answer = await fetch(`${url}/groupcalls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ destinations: NUMBERS.map((target) => ({ type: 'tel', target })) }),
    });
    expect(answer.status).toBe(201);
    await eventually(
      () => {
        const request = spans.find(({ name }) => name.startsWith('POST'))!;
        const below = (parent: Exported, name: string) =>
          spans.filter(
            (span) =>
              span.name === name && span.parentSpanId === parent?.spanId && span.traceId === request.traceId,
          );
        const [command] = below(request, 'command create_groupcall');
        const [turn] = below(command, 'turn');
        const [commit] = below(turn, 'commit');
        expect(commit.links?.map(({ spanId }) => spanId)).toEqual([turn.spanId]);
        expect(below(command, 'effect dial')).toHaveLength(NUMBERS.length);
        expect(below(command, 'effect publish').length).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
  }, 20_000);

  it('shows no health checks and no numbers', async () => {
    await fetch(`${url}/health/ready`);
    await fetch(
      `${url}/groupcalls/${encodeURIComponent(NUMBERS[0])}?customer_id=${encodeURIComponent(NUMBERS[1])}`,
    );
    await eventually(() => expect(body).toContain('/groupcalls/+493*****22'), { timeout: 10_000 });
    expect(body).not.toContain('/health');
    for (const number of NUMBERS) expect(body).not.toContain(number.slice(1));
  }, 20_000);
});

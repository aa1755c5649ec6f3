import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AccessTokens, createApp, resolveSettings, type RunningApp } from '@groupcall/api';
import fc from 'fast-check';
import { routesOf } from '../e2e/security/route-table.js';
import { createTestDatabase } from '../support/postgres.js';
import { inputsFor } from './inputs.js';
import { throwAt, whatIsWrong } from './throw-at.js';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '50000' }, seed: { type: 'string' } },
});
const INPUTS = Number(values.inputs);
const SEED = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
/** At the same time, so that they get into each other's way. */
const TOGETHER = 25;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'groupcall-fuzz-'));
  const database = process.env.TEST_DATABASE_URL ? await createTestDatabase() : undefined;
  const settings = resolveSettings({
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: folder,
    DATABASE_URL: database?.url,
    LIMIT_LIVE_LEGS: '200',
  });
  const server = await createApp(settings, { logger: false });
  try {
    await throwEverything(
      server,
      await new AccessTokens(settings.tokens).issue(
        { role: 'customer_admin', customerId: '01900000-0000-7000-8000-00000000000a' },
        '12h',
      ),
    );
  } finally {
    await server.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function throwEverything({ app, url }: RunningApp, token: string): Promise<void> {
  const routes = routesOf(app).filter((line) => !line.includes('docs'));
  const started = performance.now();
  const statuses = new Map<number, number>();
  let thrown = 0;
  const handful = fc.array(inputsFor(routes), { minLength: TOGETHER, maxLength: TOGETHER });
  process.stdout.write(`${INPUTS} inputs for ${routes.length} routes, seed ${SEED}\n`);
  await fc.assert(
    fc.asyncProperty(handful, async (inputs) => {
      const answers = await Promise.all(
        inputs.map(async (input) => [input, await throwAt(url, token, input)] as const),
      );
      for (const [input, answer] of answers) {
        thrown += 1;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const wrong = whatIsWrong(input, answer);
        if (wrong !== null) throw new Error(`${JSON.stringify(input)}\n→ ${wrong}`);
      }
    }),
    {
      numRuns: Math.ceil(INPUTS / TOGETHER),
      seed: SEED,
      interruptAfterTimeLimit: 20 * 60_000,
      markInterruptAsFailure: true,
    },
  );
  const alive = await fetch(`${url}/health/ready`);
  if (!alive.ok) throw new Error(`afterwards the server is not ready: ${alive.status}`);
  const spread = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  process.stdout.write(`${thrown} inputs in ${seconds} s, no 5xx, no hang. ${spread.join(', ')}\n`);
}

await main();

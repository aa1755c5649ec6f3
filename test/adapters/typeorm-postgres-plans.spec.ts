import { runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import {
  releaseStatement,
  renewStatement,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/bundle-statements.js';
import { claimStatement } from '../../libs/groupcall/src/adapters/typeorm/postgres/claim-statement.js';
import type { CommitParts } from '../../libs/groupcall/src/adapters/typeorm/postgres/commit-parts.js';
import {
  commitParameters,
  commitStatement,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/commit-statement.js';
import { storedRows } from '../../libs/groupcall/src/adapters/typeorm/postgres/stored-rows.js';
import { tableNames } from '../../libs/groupcall/src/adapters/typeorm/tables.js';
import { createTestDatabase } from '../support/postgres.js';
import { postgresSource, processesOnPostgres } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

describe('Statements that are prepared', () => {
  it('go by indexes also when they were planned while vacuum had just found the outbox empty', async () => {
    const database = await createTestDatabase();
    const source = await postgresSource(database.url).initialize();
    const client = new pg.Client({ connectionString: database.url });
    try {
      await runGroupcallMigrations(source);
      await client.connect();
      await fillTrees(client);
      await client.query('VACUUM ANALYZE');
      // As PostgreSQL keeps them after a few uses, for whatever parameters.
      await client.query('SET plan_cache_mode = force_generic_plan');
      const tables = tableNames(source);
      const statements = new Map([
        ['release', releaseStatement(tables)],
        ['renew', renewStatement(tables)],
        ...allParts().map((parts) => [namesOf(parts), commitStatement(tables, parts)] as const),
      ]);
      expect(statements.size).toBe(2 + 3 * 2 ** 6);
      for (const [name, text] of statements) {
        await client.query(`PREPARE "${name}" AS ${text}`);
        const parameters = Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
        const nulls = Array(parameters).fill('NULL').join(', ');
        const { rows } = await client.query<Record<'QUERY PLAN', string>>(
          `EXPLAIN EXECUTE "${name}" (${nulls})`,
        );
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect({ name, plan }).toEqual({
          name,
          // Nor is each row compared with each other one.
          plan: expect.not.stringMatching(/Seq Scan on groupcall_(bundle|outbox)|Join Filter/),
        });
        expect(plan.includes('groupcall_bundle')).toBe(text.includes('groupcall_bundle'));
        await client.query(`DEALLOCATE "${name}"`);
      }
    } finally {
      await client.end();
      await source.destroy();
      await database.drop();
    }
  });
});

describe('A claim on PostgreSQL', () => {
  let storage: TwoProcesses;
  beforeAll(async () => {
    storage = await processesOnPostgres();
  });
  afterAll(() => storage.drop());

  it('goes by its indexes among 49,000 pending and 131,000 dead effects', async () => {
    const { processes, clock } = await storage.environment();
    const [source] = storage.sources;
    const now = await clock.read();
    await fill(source, now);
    const stats = await processes[0].outbox.stats(now);
    expect(stats).toMatchObject({ pending: 49_000, dead: 131_000 });
    const planOf = async (statement: string, values: unknown[]) => {
      const rows = await source.query<Record<'QUERY PLAN', string>[]>(`EXPLAIN ${statement}`, values);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    for (const priorities of [[0, 1, 2, 3], [0, 1], [3], [0, 3]]) {
      const plan = await planOf(claimStatement(tableNames(source)), [now, 200, 'explain', 5_000, priorities]);
      expect(plan).toMatch(/groupcall_outbox_due[^\n]*\n\s*Index Cond: \(?\(?priority = ANY/);
      expect(plan).toContain('groupcall_outbox_lane');
      expect(plan).not.toMatch(/Seq Scan on groupcall_(outbox|leg)/);
      // The heads come in the order of the index: nobody reads a whole backlog to sort it.
      expect(plan.slice(plan.indexOf('CTE head'), plan.indexOf('CTE stretch'))).not.toContain('Sort');
    }
    const hold = { owner: 'test', now: 0, until: 0, known: () => [], done: [] };
    const [parts] = allParts();
    const commit = await planOf(
      commitStatement(tableNames(source), parts),
      commitParameters(parts, storedRows([], hold), 0, hold),
    );
    expect(commit).toContain('groupcall_outbox_lane');
    expect(commit).not.toContain('Seq Scan on groupcall_outbox');
    // Also while the table is empty: the same plan has to do for a backlog.
    expect(commit).not.toContain('Seq Scan on groupcall_bundle');
    expect(commit).toContain('Tid Scan on groupcall_bundle');

    const claimed = await processes[0].outbox.claim({ owner: 'test', now, leaseMs: 5_000, limit: 200 });
    expect(claimed.length).toBeGreaterThanOrEqual(200);
  }, 60_000);

  /**
   * 12,000 trees, each with two events, a dial, and a hangup whose dial is over or – in the first thousand – must wait;
   * and twice as many that are dead.
   */
  async function fill(source: DataSource, now: number): Promise<void> {
    await source.query(
      `INSERT INTO groupcall_outbox
        (root_id, customer_id, lane, version, ordinal, kind, priority, leg_id, payload, status, next_at, created_at)
      SELECT root, root, CASE WHEN priority = 3 THEN root::text ELSE leg::text END, 1, part, kind, priority,
        CASE WHEN priority = 3 THEN NULL ELSE leg END, '{"kind":"publish"}',
        CASE WHEN n % 3 = 0 AND (part <> 3 OR n <= 3000) THEN 'pending' ELSE 'dead' END,
        CASE WHEN part = 3 AND n <= 3000 THEN $1::bigint + 60000 ELSE 0 END, 0
      FROM generate_series(1, 36000) AS n,
        (VALUES (0, 'publish', 3), (1, 'publish', 3), (2, 'dial', 1), (3, 'dial', 1), (4, 'hangup', 0)) AS e (part, kind, priority),
        LATERAL (SELECT md5('root' || n)::uuid AS root, md5(n || '/' || least(part, 3))::uuid AS leg) AS id`,
      [now],
    );
    await source.query('ANALYZE groupcall_outbox');
  }
});

/** 2,000 trees with a groupcall each, and nothing to do for any of them; each of a customer of its own. */
async function fillTrees(client: pg.Client): Promise<void> {
  await client.query(`
    INSERT INTO groupcall_tree
      (root_id, customer_id, master_call_id, version, event_sequence, late_answers, live, deleted, tm_create, members)
    SELECT id, id, id, 2, 2, 0, false, false, 0, '' FROM
      (SELECT md5('tree' || n)::uuid AS id FROM generate_series(1, 2000) AS n) AS trees`);
  await client.query(`
    INSERT INTO groupcall_spec (id, root_id, ordinal, customer_id, owner_type, owner_id, status, flow_id, source,
      destinations, master_call_id, master_groupcall_id, destination_index, ring_method, answer_method, dial_timeout,
      origin, hangup_reason, tm_create)
    SELECT root_id, root_id, 0, customer_id, '', root_id, 'hangup', root_id, '{}', '[]', root_id, root_id, 0, '', '', 0,
      '', '', 0 FROM groupcall_tree`);
  await client.query('INSERT INTO groupcall_customer (customer_id) SELECT customer_id FROM groupcall_tree');
}

/** Everything that a commit can be made of, all parts at once first. */
function allParts(): CommitParts[] {
  const either = [true, false];
  const optional = ['limits', 'newSpecs', 'blocks', 'effects', 'bundles', 'forgets'] as const;
  let all: Partial<CommitParts>[] = [
    { creates: true, changes: true },
    { creates: true, changes: false },
    { creates: false, changes: true },
  ];
  for (const name of optional) all = all.flatMap((parts) => either.map((is) => ({ ...parts, [name]: is })));
  return all as CommitParts[];
}

function namesOf(parts: CommitParts): string {
  const wanted = Object.entries(parts).filter(([, is]) => is);
  return wanted.map(([name]) => name).join();
}

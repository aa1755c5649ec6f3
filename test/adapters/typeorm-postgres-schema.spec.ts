import { setTimeout as delay } from 'node:timers/promises';
import { runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { CLAIM_STATEMENT } from '../../libs/groupcall/src/adapters/typeorm/postgres/claim-statement.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase } from '../support/postgres.js';
import { PostgresStorage, postgresSource } from './storage/postgres-storage.js';

describe('Migrations on PostgreSQL', () => {
  it('are made once by four processes that start together, however long one of them takes', async () => {
    const database = await createTestDatabase();
    const sources = await Promise.all(
      [1, 2, 3, 4].map(() =>
        postgresSource(database.url)
          .setOptions({ extra: { lock_timeout: 1_000, statement_timeout: 1_000 } })
          .initialize(),
      ),
    );
    const holder = new pg.Client({ connectionString: database.url });
    try {
      await holder.connect();
      await holder.query('SELECT pg_advisory_lock(6712909471)');
      const done = Promise.all(sources.map(runGroupcallMigrations));
      await eventually(async () => {
        const { rows } =
          await holder.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
        expect(rows).toHaveLength(4);
      });
      await delay(1_200);
      await holder.query('SELECT pg_advisory_unlock(6712909471)');
      await done;
      expect((await holder.query('SELECT name FROM migrations')).rows).toEqual([
        { name: 'CreateGroupcall1763900000000' },
      ]);
      expect(await sources[0].query('SHOW lock_timeout')).toEqual([{ lock_timeout: '1s' }]);
    } finally {
      await holder.end();
      await Promise.all(sources.map((source) => source.destroy()));
      await database.drop();
    }
  });

  it('can be taken back', async () => {
    const database = await createTestDatabase();
    const source = await postgresSource(database.url).initialize();
    try {
      await runGroupcallMigrations(source);
      await source.undoLastMigration();
      expect(await source.query(`SELECT to_regclass('groupcall_tree') AS there`)).toEqual([{ there: null }]);
    } finally {
      await source.destroy();
      await database.drop();
    }
  });
});

describe('A claim on PostgreSQL', () => {
  let storage: PostgresStorage;
  beforeAll(async () => {
    storage = await PostgresStorage.create();
  });
  afterAll(() => storage.drop());

  it('goes by its indexes among 49,000 pending and 131,000 dead effects', async () => {
    const { processes, clock } = await storage.environment();
    const [source] = storage.sources;
    const now = await clock.read();
    await fill(source, now);
    const stats = await processes[0].outbox.stats(now);
    expect(stats).toMatchObject({ pending: 49_000, dead: 131_000 });
    const rows = await source.query<Record<'QUERY PLAN', string>[]>(`EXPLAIN ${CLAIM_STATEMENT}`, [
      now,
      200,
      'explain',
      5_000,
    ]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('groupcall_outbox_due');
    expect(plan).toContain('groupcall_outbox_lane');
    expect(plan).not.toMatch(/Seq Scan on groupcall_(outbox|leg)/);

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

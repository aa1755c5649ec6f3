import { groupcallStorage, runGroupcallMigrations } from '@groupcall/groupcall/typeorm';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { headsStatement } from '../../libs/groupcall/src/adapters/typeorm/mysql/claim.js';
import { tableNames } from '../../libs/groupcall/src/adapters/typeorm/tables.js';
import { HandleAnswerCommand } from '../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../libs/groupcall/src/commands/handle-hangup/handle-hangup.command.js';
import {
  CUSTOMER,
  legIds,
  NO_LIMITS,
  StorageStage,
} from '../../libs/groupcall/src/testing/contracts/storage/storage-stage.js';
import { turnOf } from '../../libs/groupcall/src/testing/turns.js';
import { eventually } from '../support/eventually.js';
import { createMariaDbDatabase } from '../support/mariadb.js';
import { describeWithMariaDb } from '../support/servers.js';
import {
  answersUnderFire,
  expectWhole,
  type DatabaseUnderFire,
  type StoredEffect,
} from './storage/answers-under-fire.js';
import { stormOfDoubleAnswers } from './storage/double-answers.js';
import { mariaDbSource, processesOnMariaDb } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

describeWithMariaDb('Storage on a MariaDB with company', () => {
  let storage: TwoProcesses;
  /** A session of somebody else. */
  let admin: Connection;

  beforeAll(async () => {
    storage = await processesOnMariaDb();
    admin = await createConnection(storage.database.url);
  });
  afterAll(async () => {
    await admin.end();
    await storage.drop();
  });

  async function select<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const [rows] = await admin.query<RowDataPacket[]>(text, values);
    return rows as Row[];
  }

  describe('migrations', () => {
    it('are made once by four processes that start together, and can be taken back', async () => {
      const database = await createMariaDbDatabase();
      const sources = await Promise.all([1, 2, 3, 4].map(() => mariaDbSource(database.url).initialize()));
      try {
        await Promise.all(sources.map(runGroupcallMigrations));
        expect(await sources[0].query('SELECT name FROM migrations')).toEqual([
          { name: 'CreateGroupcall1763900000000' },
          { name: 'CreateGroupcallDial1764000000000' },
          { name: 'CreateGroupcallRetention1764100000000' },
          { name: 'CreateGroupcallBundle1764200000000' },
          { name: 'KeepGroupcallPages1764300000000' },
        ]);
        for (let count = 0; count < 5; count += 1) await sources[0].undoLastMigration();
        expect(await sources[0].query(`SHOW TABLES LIKE 'groupcall%'`)).toEqual([]);
      } finally {
        await Promise.all(sources.map((source) => source.destroy()));
        await database.drop();
      }
    });

    it('that were interrupted go on where they were', async () => {
      const database = await createMariaDbDatabase();
      const source = await mariaDbSource(database.url).initialize();
      try {
        await runGroupcallMigrations(source);
        await source.query('DROP TABLE groupcall_customer');
        await source.query('DELETE FROM migrations');
        await runGroupcallMigrations(source);
        expect(await source.query(`SHOW TABLES LIKE 'groupcall%'`)).toHaveLength(6);
      } finally {
        await source.destroy();
        await database.drop();
      }
    });
  });

  describe('two processes', () => {
    it('agree on the winner of 2,000 double answers each over fifty trees at a time', async () => {
      const { processes } = await storage.environment();
      const report = await stormOfDoubleAnswers([processes[0].store, processes[1].store], 42);
      expect(report.undecided).toEqual([]);
      expect(report.answers).toBe(4_000);
      // Otherwise nothing was put to the test.
      expect(report.conflicts).toBeGreaterThan(200);
      const [live] = await select<{ live: string }>('SELECT SUM(live_legs) AS live FROM groupcall_customer');
      expect(Number(live.live)).toBe(2_000 * 3);
    }, 180_000);
  });

  describe('commits', () => {
    const stage = new StorageStage(() => storage.environment());

    const database: DatabaseUnderFire = {
      endSessions: async () => {
        const sessions = await select<{ id: number }>(
          'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
        );
        for (const { id } of sessions) await admin.query(`KILL CONNECTION ${id}`).catch(() => undefined);
      },
      effectsOf: async (rootId) => {
        const rows = await select<{ version: number; payload: string }>(
          'SELECT version, payload FROM groupcall_outbox WHERE root_id = ? ORDER BY version, ordinal',
          [rootId],
        );
        return rows.map(({ version, payload }) => {
          const { event = null } = JSON.parse(payload) as Partial<StoredEffect>;
          return { version, event };
        });
      },
      liveLegs: async () => {
        const [row] = await select<{ live_legs: number }>(
          'SELECT live_legs FROM groupcall_customer WHERE customer_id = ?',
          [CUSTOMER],
        );
        return row.live_legs;
      },
    };

    it(
      'whose connections end all the time reject, and whatever they have done is done as a whole',
      () => answersUnderFire(stage, database),
      60_000,
    );

    it('that wait too long for a lock leave nothing of what they had written', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      await admin.beginTransaction();
      await admin.query('SELECT 1 FROM groupcall_leg WHERE id = ? FOR UPDATE', [legIds(tree)[0]]);
      const ended = turnOf(
        tree,
        new HandleHangupCommand({ legId: legIds(tree)[0], reason: 'busy' }),
        stage.now,
      );
      // Hot row, customer and groupcall are written by then.
      await expect(stage.mine.store.commit([ended], NO_LIMITS)).rejects.toThrow('Lock wait timeout');
      await admin.rollback();
      expect(await stage.other.store.load(tree.rootId)).toEqual(tree);
      expect(await stage.mine.store.commit([ended], NO_LIMITS)).toEqual(['committed']);
      expectWhole(ended.after, await database.effectsOf(tree.rootId));
      expect(await select('SELECT live_legs FROM groupcall_customer')).toEqual([{ live_legs: 1 }]);
    }, 15_000);

    it('that are not answered are given up at the deadline, on a connection that nobody uses again', async () => {
      const tree = await stage.created('a', ['anna', 'bob']);
      const source = await mariaDbSource(storage.database.url).setOptions({ poolSize: 1 }).initialize();
      try {
        const { store } = groupcallStorage(source, { deadline: 300 });
        const connection = async () =>
          (await source.query<{ id: unknown }[]>('SELECT CONNECTION_ID() AS id'))[0].id;
        const frozen = await connection();
        await admin.beginTransaction();
        await admin.query('SELECT 1 FROM groupcall_tree WHERE root_id = ? FOR UPDATE', [tree.rootId]);
        const turn = turnOf(tree, new HandleAnswerCommand({ legId: legIds(tree)[0] }), stage.now);
        await expect(store.commit([turn], NO_LIMITS)).rejects.toThrow('did not answer within 300 ms');

        // The pool has one place: had the connection gone back to it, this would wait behind the frozen statement.
        expect((await store.load(tree.rootId))?.version).toBe(1);
        expect(await connection()).not.toBe(frozen);
        await admin.rollback();
        await eventually(async () => {
          expect(await select('SELECT 1 FROM information_schema.processlist WHERE id = ?', [frozen])).toEqual(
            [],
          );
        });
        // COMMIT was never sent: nothing of it is there.
        expect(await store.load(tree.rootId)).toEqual(tree);
      } finally {
        await admin.rollback();
        await source.destroy();
      }
    });
  });

  describe('a claim', () => {
    it('reads little more than it takes among 49,000 pending and 131,000 dead effects, by its indexes', async () => {
      const { processes, clock } = await storage.environment();
      const now = await clock.read();
      await fill(now);
      expect(await processes[0].outbox.stats(now)).toMatchObject({ pending: 49_000, dead: 131_000 });
      const plan = await select<{ table: string; key: string; type: string; Extra: string }>(
        `EXPLAIN ${headsStatement(tableNames(storage.sources[0]), 200, [0, 1, 2, 3])}`,
        [now, now],
      );
      expect(plan.map(({ table, key }) => [table, key])).toEqual([
        ['o', 'groupcall_outbox_due'],
        ['p', 'groupcall_outbox_lane'],
      ]);
      expect(plan.map(({ Extra }) => Extra).join()).not.toContain('filesort');

      const source = await mariaDbSource(storage.database.url).setOptions({ poolSize: 1 }).initialize();
      try {
        const { outbox } = groupcallStorage(source);
        /** Rows and index entries that this connection has read so far. */
        const read = async () => {
          const rows = await source.query<{ Value: string }[]>(`SHOW SESSION STATUS LIKE 'Handler_read%'`);
          return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
        };
        const before = await read();
        const cost = (await read()) - before;
        for (let time = 0; time < 15; time += 1) {
          const start = await read();
          const claimed = await outbox.claim({ owner: 'test', now, leaseMs: 5_000, limit: 200 });
          expect(claimed.length).toBeGreaterThanOrEqual(200);
          // About 27 for each: its own row, its lane's, and what is claimed is written to.
          expect((await read()) - start - cost).toBeLessThan(50 * claimed.length);
          await outbox.acknowledge(claimed);
        }
      } finally {
        await source.destroy();
      }
    }, 60_000);

    /**
     * 12,000 trees, each with two events, a dial, and a hangup whose dial is over or – in the first thousand – must
     * wait; and twice as many that are dead.
     */
    async function fill(now: number): Promise<void> {
      await admin.query(
        `INSERT INTO groupcall_outbox
          (root_id, customer_id, lane, version, ordinal, kind, priority, payload, status, next_at, created_at)
        SELECT LEFT(MD5(n.seq), 36), '', IF(priority = 3, MD5(n.seq), CONCAT(MD5(n.seq), LEAST(part, 3))), 1, part,
          kind, priority, '{"kind":"publish"}',
          IF(n.seq % 3 = 0 AND (part <> 3 OR n.seq <= 3000), 'pending', 'dead'),
          IF(part = 3 AND n.seq <= 3000, ? + 60000, 0), 0
        FROM seq_1_to_36000 n, (SELECT 0 AS part, 'publish' AS kind, 3 AS priority UNION ALL SELECT 1, 'publish', 3
          UNION ALL SELECT 2, 'dial', 1 UNION ALL SELECT 3, 'dial', 1 UNION ALL SELECT 4, 'hangup', 0) AS e`,
        [now],
      );
      await admin.query('ANALYZE TABLE groupcall_outbox');
    }
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import { HandleAnswerCommand } from '../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import {
  CUSTOMER,
  legIds,
  NO_LIMITS,
  StorageStage,
} from '../../libs/groupcall/src/testing/contracts/storage/storage-stage.js';
import { turnOf } from '../../libs/groupcall/src/testing/turns.js';
import { eventually } from '../support/eventually.js';
import {
  answersUnderFire,
  expectWhole,
  type DatabaseUnderFire,
  type StoredEffect,
} from './storage/answers-under-fire.js';
import { stormOfDoubleAnswers } from './storage/double-answers.js';
import { postgresSource, processesOnPostgres } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

let storage: TwoProcesses;
/** A session of somebody else. */
let admin: pg.Client;

beforeAll(async () => {
  storage = await processesOnPostgres();
  admin = new pg.Client({ connectionString: storage.database.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await storage.drop();
});

describe('Two processes on PostgreSQL', () => {
  it('agree on the winner of 2,000 double answers each over fifty trees at a time, without a deadlock', async () => {
    const { processes } = await storage.environment();
    const before = await deadlocks();
    const report = await stormOfDoubleAnswers([processes[0].store, processes[1].store], 42);
    expect(report.undecided).toEqual([]);
    expect(report.answers).toBe(4_000);
    // Otherwise nothing was put to the test.
    expect(report.conflicts).toBeGreaterThan(200);
    expect(await deadlocks()).toBe(before);
    const live = await admin.query('SELECT sum(live_legs)::int AS live FROM groupcall_customer');
    expect(live.rows).toEqual([{ live: 2_000 * 3 }]);
  }, 120_000);

  async function deadlocks(): Promise<number> {
    // The statistics of the sessions arrive a moment later.
    await delay(600);
    await admin.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await admin.query<{ deadlocks: string }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(rows[0].deadlocks);
  }
});

describe('Commits on a PostgreSQL that', () => {
  const stage = new StorageStage(() => storage.environment());

  const database: DatabaseUnderFire = {
    endSessions: async () => {
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    },
    effectsOf: async (rootId) => {
      const { rows } = await admin.query<StoredEffect>(
        `SELECT version, payload->'event' AS event FROM groupcall_outbox WHERE root_id = $1
         ORDER BY version, ordinal`,
        [rootId],
      );
      return rows;
    },
    liveLegs: async () => {
      const { rows } = await admin.query<{ live_legs: number }>(
        'SELECT live_legs FROM groupcall_customer WHERE customer_id = $1',
        [CUSTOMER],
      );
      return rows[0].live_legs;
    },
  };

  it(
    'ends connections all the time reject, and whatever they have done is done as a whole',
    () => answersUnderFire(stage, database),
    60_000,
  );

  it('does not answer are given up at the deadline, on a connection that nobody uses again', async () => {
    const tree = await stage.created('a', ['anna', 'bob']);
    const source = await postgresSource(storage.database.url).setOptions({ poolSize: 1 }).initialize();
    try {
      const { store } = groupcallStorage(source, { deadline: 300 });
      const [{ pid }] = await source.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await admin.query('BEGIN');
      await admin.query('SELECT 1 FROM groupcall_tree WHERE root_id = $1 FOR UPDATE', [tree.rootId]);
      const turn = turnOf(tree, new HandleAnswerCommand({ legId: legIds(tree)[0] }), stage.now);
      const started = performance.now();
      await expect(store.commit([turn], NO_LIMITS)).rejects.toThrow('did not answer within 300 ms');
      expect(performance.now() - started).toBeLessThan(2_000);

      // The pool has one place: had the connection gone back to it, this would wait behind the frozen statement.
      expect((await store.load(tree.rootId))?.version).toBe(1);
      const [after] = await source.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      expect(after.pid).not.toBe(pid);

      await admin.query('ROLLBACK');
      await eventually(async () => {
        const { rows } = await admin.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid]);
        expect(rows).toEqual([]);
      });
      // What the server still made of it is all or nothing.
      const stored = (await store.load(tree.rootId))!;
      expectWhole(stored, await database.effectsOf(tree.rootId));
    } finally {
      await admin.query('ROLLBACK');
      await source.destroy();
    }
  });

  it('forgets what is done without waiting for whoever is just writing it, who may be waiting for it', async () => {
    const turns = ['a', 'b'].map((name) => stage.newTree(name, ['anna']));
    const hold = { owner: 'me', now: stage.now, until: stage.now + 60_000, known: () => [] };
    expect(await stage.mine.store.commit(turns, NO_LIMITS, hold)).toEqual(['held', 'held']);
    const bundles = turns.map(({ after: { rootId, version } }) => ({ rootId, version }));
    const left = async () => {
      const { rows } = await admin.query<{ root_id: string }>(
        'SELECT root_id FROM groupcall_bundle WHERE root_id = ANY ($1)',
        [bundles.map(({ rootId }) => rootId)],
      );
      return rows.map((row) => row.root_id);
    };
    await admin.query('BEGIN');
    try {
      await admin.query('SELECT 1 FROM groupcall_bundle WHERE root_id = $1 FOR UPDATE', [bundles[0].rootId]);
      await stage.mine.outbox.release('me', bundles);
      expect(await left()).toEqual([bundles[0].rootId]);
    } finally {
      await admin.query('ROLLBACK');
    }
    await stage.mine.outbox.release('me', bundles);
    expect(await left()).toEqual([]);
  });

  it('has no free connection reject at the deadline, and the pool is whole afterwards', async () => {
    const source = await postgresSource(storage.database.url).setOptions({ poolSize: 1 }).initialize();
    const runner = source.createQueryRunner();
    try {
      await runner.connect();
      const { store } = groupcallStorage(source, { deadline: 200 });
      await expect(store.load(stage.newTree('a', ['anna']).after.rootId)).rejects.toThrow('within 200 ms');
      await runner.release();
      expect(await eventually(() => store.load(stage.newTree('a', ['anna']).after.rootId))).toBeNull();
    } finally {
      await source.destroy();
    }
  });
});

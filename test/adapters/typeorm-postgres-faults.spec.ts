import { setTimeout as delay } from 'node:timers/promises';
import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import { HandleAnswerCommand } from '../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { liveLegsOf, type TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import type { GroupcallStore } from '../../libs/groupcall/src/ports/groupcall-store.port.js';
import {
  CUSTOMER,
  legIds,
  NO_LIMITS,
  StorageStage,
} from '../../libs/groupcall/src/testing/contracts/storage/storage-stage.js';
import { turnOf } from '../../libs/groupcall/src/testing/turns.js';
import { eventually } from '../support/eventually.js';
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

  it('ends connections all the time reject, and whatever they have done is done as a whole', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `tree ${index}`);
    const trees = await Promise.all(names.map((name) => stage.created(name, ['anna', 'bob', 'carl'])));
    let rejected = 0;
    let killing = true;

    async function kill(): Promise<void> {
      for (let time = 0; time < 25; time += 1) {
        await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`);
        await delay(5);
      }
      killing = false;
    }

    /** Everybody answers everything, again and again, until nobody ends connections any more. */
    async function answer(store: GroupcallStore, tree: TreeState, leg: number): Promise<void> {
      for (let first = true; first || killing; first = false) {
        try {
          const before = (await store.load(tree.rootId))!;
          const command = new HandleAnswerCommand({ legId: legIds(tree)[leg] });
          const turn = turnOf(before, command, stage.now);
          if (turn.effects.length > 0) await store.commit([turn], NO_LIMITS);
        } catch {
          rejected += 1;
        }
      }
    }

    await Promise.all([
      kill(),
      ...trees
        .slice(0, 20)
        .flatMap((tree) => [answer(stage.mine.store, tree, 0), answer(stage.other.store, tree, 1)]),
    ]);
    expect(rejected).toBeGreaterThan(0);
    for (const tree of trees) {
      const loaded = await eventually(() => stage.mine.store.load(tree.rootId));
      await expectWhole(loaded!);
    }
    const { rows } = await admin.query('SELECT live_legs FROM groupcall_customer WHERE customer_id = $1', [
      CUSTOMER,
    ]);
    const stored = await Promise.all(trees.map(({ rootId }) => stage.mine.store.load(rootId)));
    expect(rows).toEqual([{ live_legs: stored.reduce((sum, tree) => sum + liveLegsOf(tree!), 0) }]);
  }, 60_000);

  /** Every turn up to the stored version has left exactly its effects, and there is one winner at most. */
  async function expectWhole(tree: TreeState): Promise<void> {
    const { rows } = await admin.query<{ version: number; sequence: number | null; type: string | null }>(
      `SELECT version, (payload->'event'->>'sequence')::int AS sequence, payload->'event'->>'type' AS type
       FROM groupcall_outbox WHERE root_id = $1 ORDER BY version, ordinal`,
      [tree.rootId],
    );
    expect(rows.every(({ version }) => version <= tree.version)).toBe(true);
    expect(new Set(rows.map(({ version }) => version)).size).toBe(tree.version);
    const sequences = rows.flatMap(({ sequence }) => (sequence === null ? [] : [sequence]));
    expect(sequences).toEqual(Array.from({ length: tree.eventSequence }, (_, index) => index + 1));
    expect(rows.filter(({ type }) => type === 'groupcall_progressing')).toHaveLength(
      tree.winnerLegId ? 1 : 0,
    );
  }

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
      await expectWhole((await store.load(tree.rootId))!);
    } finally {
      await admin.query('ROLLBACK');
      await source.destroy();
    }
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

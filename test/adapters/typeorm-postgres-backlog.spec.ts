import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import { claim, itIsClaimedLaneByLane, NOW, type Backlog } from './storage/backlog.js';
import { processesOnPostgres } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

describe('A backlog of long lanes on PostgreSQL', () => {
  let storage: TwoProcesses;
  let backlog: Backlog;

  beforeAll(async () => {
    storage = await processesOnPostgres();
    const [source] = storage.sources;
    backlog = {
      outbox: groupcallStorage(source).outbox,
      fill: (trees, from, to) =>
        source.query(
          `INSERT INTO groupcall_outbox
            (root_id, customer_id, lane, version, ordinal, kind, priority, payload, created_at)
          SELECT root, root, root::text, number, 0, 'publish', 3,
            json_build_object('kind', 'publish', 'lane', root, 'event', json_build_object('sequence', number)), 0
          FROM generate_series($1::int, $2::int) AS number, generate_series(1, $3::int) AS tree,
            LATERAL (SELECT md5(tree::text)::uuid AS root) AS id`,
          [from, to, trees],
        ),
      due: async (at) => {
        const [{ count }] = await source.query<{ count: string }[]>(
          `SELECT count(*) FROM groupcall_outbox WHERE status = 'pending' AND next_at <= $1`,
          [at],
        );
        return Number(count);
      },
    };
  });
  afterAll(() => storage.drop());
  // A table as empty as a new one: what DELETE leaves behind would be read again by every claim.
  beforeEach(() => storage.sources[0].query('TRUNCATE groupcall_outbox, groupcall_bundle'));

  itIsClaimedLaneByLane(() => backlog);

  it('is claimed in time by whoever has never found anything so far', async () => {
    // Often enough for a plan to be kept, if there is one to be kept.
    for (let look = 0; look < 100; look += 1) await claim(backlog, 0, 400);
    await backlog.fill(1_500, 1, 20);
    // Tenths of a second; each row compared with each other one takes longer than anybody waits for a statement.
    expect(await claim(backlog, 0, 400)).toHaveLength(800);
  });

  it('is looked through in time although it all waits for bundles of others, and the planner takes the tables for empty', async () => {
    const [source] = storage.sources;
    const hold = (last: number) =>
      source.query(
        `INSERT INTO groupcall_bundle
          (root_id, version, customer_id, lanes, effects, effect_count, holder, held_until, created_at)
        SELECT root, -number, root, ARRAY['-'], repeat('x', 1000), 1, 'another', 9e15, 0
        FROM generate_series(1, 4) AS number, generate_series(1, $1::int) AS tree, LATERAL (SELECT md5(tree::text)::uuid AS root) AS id`,
        [last],
      );
    for (const table of ['groupcall_outbox', 'groupcall_bundle']) {
      await (table === 'groupcall_outbox' ? backlog.fill(20, 1, 5) : hold(20));
      await source.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
      await source.query(`DELETE FROM ${table}`);
      await source.query(`ANALYZE ${table}`);
    }
    await backlog.fill(2_000, 1, 10);
    await hold(2_000);
    // A tenth of a second; it was minutes, and the server went on when nobody waited any more.
    expect(await claim(backlog, 0, 400)).toEqual([]);
    await source.query('DELETE FROM groupcall_bundle');
    const claimed = await claim(backlog, 0, 400);
    expect(claimed).toHaveLength(800);
    await backlog.outbox.postpone(claimed.slice(0, 400), NOW + 60_000);
    await backlog.outbox.acknowledge(claimed.slice(400));
  });

  it('is forgotten in time when much has been done at once, and the planner takes the bundles for few', async () => {
    const [source] = storage.sources;
    const hold = (first: number, last: number) =>
      source.query(
        `INSERT INTO groupcall_bundle
          (root_id, version, customer_id, lanes, effects, effect_count, holder, held_until, created_at)
        SELECT root, 1, root, ARRAY['-'], 'x', 1, 'me', $3::bigint, 0
        FROM generate_series($1::int, $2::int) AS tree, LATERAL (SELECT md5(tree::text)::uuid AS root) AS id`,
        [first, last, NOW],
      );
    const rootsOf = () =>
      source.query<{ rootId: string; version: number }[]>(
        `SELECT root_id AS "rootId", version FROM groupcall_bundle`,
      );
    await hold(1, 20);
    await source.query('ALTER TABLE groupcall_bundle SET (autovacuum_enabled = false)');
    await source.query('DELETE FROM groupcall_bundle');
    await source.query('ANALYZE groupcall_bundle');
    await hold(1, 25_000);
    const bundles = await rootsOf();
    expect(await backlog.outbox.renew('me', bundles, NOW + 1_000)).toHaveLength(25_000);
    expect(await backlog.outbox.renew('another', bundles, NOW + 2_000)).toEqual([]);
    await backlog.outbox.release('another', bundles);
    await backlog.outbox.release('me', bundles.slice(1));
    expect(await rootsOf()).toEqual([bundles[0]]);
  });
});

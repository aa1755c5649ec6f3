import {
  GROUPCALL_ENTITIES,
  GROUPCALL_MIGRATIONS,
  groupcallStorage,
  runGroupcallMigrations,
} from '@groupcall/groupcall/typeorm';
import { DataSource } from 'typeorm';
import type { ClaimedEffect, EffectOutbox } from '../../libs/groupcall/src/ports/effect-outbox.port.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const NOW = 1_700_000_000_000;
const LEASE = 5_000;

/** What has piled up while a sink was away: few lanes, each of them long. */
describe('A backlog of long lanes on PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  let outbox: EffectOutbox;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: GROUPCALL_ENTITIES,
      migrations: GROUPCALL_MIGRATIONS,
    }).initialize();
    await runGroupcallMigrations(source);
    ({ outbox } = groupcallStorage(source));
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });
  beforeEach(() => source.query('TRUNCATE groupcall_outbox, groupcall_bundle'));

  /** Events `from` to `to` of each of so many trees. */
  async function fill(trees: number, from: number, to: number): Promise<void> {
    await source.query(
      `INSERT INTO groupcall_outbox
        (root_id, customer_id, lane, version, ordinal, kind, priority, payload, created_at)
      SELECT root, root, root::text, number, 0, 'publish', 3,
        json_build_object('kind', 'publish', 'lane', root, 'event', json_build_object('sequence', number)), 0
      FROM generate_series($1::int, $2::int) AS number, generate_series(1, $3::int) AS tree,
        LATERAL (SELECT md5(tree::text)::uuid AS root) AS id`,
      [from, to, trees],
    );
  }

  function claim(ms: number, limit: number): Promise<ClaimedEffect[]> {
    return outbox.claim({ owner: 'test', now: NOW + ms, leaseMs: LEASE, limit });
  }

  function sequencesByLane(claimed: readonly ClaimedEffect[]): Map<string, number[]> {
    const lanes = new Map<string, number[]>();
    for (const { effect } of claimed) {
      if (effect.kind !== 'publish') continue;
      lanes.set(effect.lane, [...(lanes.get(effect.lane) ?? []), effect.event.sequence]);
    }
    return lanes;
  }

  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  it('is claimed in portions of at most twice what was asked for, with every lane in each of them', async () => {
    await fill(30, 1, 100);
    const claimed = await claim(0, 90);
    expect(claimed).toHaveLength(180);
    const lanes = sequencesByLane(claimed);
    expect(lanes.size).toBe(30);
    for (const sequences of lanes.values()) expect(sequences).toEqual(upTo(6));
    // The rest of these lanes waits behind what is claimed.
    expect(await claim(0, 90)).toEqual([]);
  });

  it('is claimed to its end, each effect once and every lane in order', async () => {
    await fill(30, 1, 100);
    const all: ClaimedEffect[] = [];
    for (;;) {
      const claimed = await claim(0, 200);
      if (claimed.length === 0) break;
      expect(claimed.length).toBeLessThanOrEqual(400);
      all.push(...claimed);
      await outbox.acknowledge(claimed);
    }
    const lanes = sequencesByLane(all);
    expect(lanes.size).toBe(30);
    for (const sequences of lanes.values()) expect(sequences).toEqual(upTo(100));
  });

  it('is claimed in time by whoever has never found anything so far', async () => {
    // Often enough for a plan to be kept, if there is one to be kept.
    for (let look = 0; look < 100; look += 1) await claim(0, 400);
    await fill(1_500, 1, 20);
    // Tenths of a second; each row compared with each other one takes longer than anybody waits for a statement.
    expect(await claim(0, 400)).toHaveLength(800);
  });

  it('gives no lane more than can be executed within a claim', async () => {
    await fill(1, 1, 100);
    const first = await claim(0, 1_000);
    expect([...sequencesByLane(first).values()]).toEqual([upTo(first.length)]);
    expect(first.length).toBeGreaterThan(1);
    expect(first.length).toBeLessThan(100);
  });

  it('waits as a whole when its heads are postponed, and is looked at again when they are due', async () => {
    await fill(10, 1, 100);
    const claimed = await claim(0, 20);
    await fill(10, 101, 110);
    await outbox.postpone(claimed, NOW + 3_000, { id: claimed[0].id, error: 'the sink is away' });
    const due = async (ms: number) => {
      const [{ count }] = await source.query<{ count: string }[]>(
        `SELECT count(*) FROM groupcall_outbox WHERE status = 'pending' AND next_at <= $1`,
        [NOW + ms],
      );
      return Number(count);
    };
    expect(await due(2_999)).toBe(0);
    expect(await claim(2_999, 1_000)).toEqual([]);
    expect(await due(3_000)).toBe(10 * 110);
    const again = sequencesByLane(await claim(3_000, 1_000));
    expect(again.size).toBe(10);
    for (const sequences of again.values()) expect(sequences.slice(0, 2)).toEqual([1, 2]);
  });

  it('leaves those alone that are in front of what is postponed, and those that somebody holds', async () => {
    await fill(1, 1, 4);
    const [one, two, three, four] = await claim(0, 4);
    await outbox.postpone([one], NOW);
    await outbox.postpone([two], NOW + 1_000);
    expect(sequencesByLane(await claim(0, 10)).size).toBe(1);
    await outbox.acknowledge([three, four]);
    expect((await outbox.stats(NOW)).pending).toBe(2);
  });
});

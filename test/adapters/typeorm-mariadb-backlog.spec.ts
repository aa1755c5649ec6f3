import type { ClaimedEffect, EffectOutbox } from '../../libs/groupcall/src/ports/effect-outbox.port.js';
import { describeWithMariaDb } from '../support/servers.js';
import { groupcallStorage } from '@groupcall/groupcall/typeorm';
import { processesOnMariaDb } from './storage/sources.js';
import type { TwoProcesses } from './storage/two-processes.js';

const NOW = 1_700_000_000_000;
const LEASE = 5_000;

/** What has piled up while a sink was away: few lanes, each of them long. */
describeWithMariaDb('A backlog of long lanes on MariaDB', () => {
  let storage: TwoProcesses;
  let outbox: EffectOutbox;

  beforeAll(async () => {
    storage = await processesOnMariaDb();
    ({ outbox } = groupcallStorage(storage.sources[0]));
  });
  afterAll(() => storage.drop());
  beforeEach(() => storage.environment());

  /** Events `from` to `to` of each of so many trees. */
  async function fill(trees: number, from: number, to: number): Promise<void> {
    await storage.sources[0].query(
      `INSERT INTO groupcall_outbox
        (root_id, customer_id, lane, version, ordinal, kind, priority, payload, created_at)
      SELECT MD5(tree.seq), '', MD5(tree.seq), number.seq, 0, 'publish', 3,
        JSON_OBJECT('kind', 'publish', 'lane', MD5(tree.seq), 'event', JSON_OBJECT('sequence', number.seq)), 0
      FROM seq_${from}_to_${to} AS number, seq_1_to_${trees} AS tree`,
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

  it('waits as a whole when its heads are postponed, and is looked at again when they are due', async () => {
    await fill(10, 1, 100);
    const claimed = await claim(0, 20);
    await fill(10, 101, 110);
    await outbox.postpone(claimed, NOW + 3_000, { id: claimed[0].id, error: 'the sink is away' });
    const due = async (ms: number) => {
      const [{ count }] = await storage.sources[0].query<{ count: string }[]>(
        `SELECT COUNT(*) AS count FROM groupcall_outbox WHERE status = 'pending' AND next_at <= ?`,
        [NOW + ms],
      );
      return Number(count);
    };
    expect(await due(2_999)).toBe(0);
    expect(await claim(2_999, 1_000)).toEqual([]);
    expect(await due(3_000)).toBe(10 * 110);
    const again = sequencesByLane(await claim(3_000, 1_000));
    expect(again.size).toBe(10);
    for (const sequences of again.values()) expect(sequences).toEqual(upTo(20));
  });

  it('leaves those alone that somebody holds', async () => {
    await fill(1, 1, 4);
    const [one, two, three, four] = await claim(0, 4);
    await outbox.postpone([one], NOW);
    await outbox.postpone([two], NOW + 1_000);
    expect(await claim(0, 10)).toMatchObject([{ id: one.id }]);
    await outbox.acknowledge([three, four]);
    expect((await outbox.stats(NOW)).pending).toBe(2);
  });
});

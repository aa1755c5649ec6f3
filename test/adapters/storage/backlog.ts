import type { ClaimedEffect, EffectOutbox } from '../../../libs/groupcall/src/ports/effect-outbox.port.js';

/** The moment in which the tests of a backlog begin, epoch ms. */
export const NOW = 1_700_000_000_000;
const LEASE = 5_000;

/** What has piled up while a sink was away: few lanes, each of them long. */
export interface Backlog {
  readonly outbox: EffectOutbox;
  /** Events `from` to `to` of each of so many trees: each of them a lane. */
  fill(trees: number, from: number, to: number): Promise<void>;
  /** How many pending effects are due at that moment. */
  due(at: number): Promise<number>;
}

/** @param ms since the test began */
export function claim({ outbox }: Backlog, ms: number, limit: number): Promise<ClaimedEffect[]> {
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

/** @param backlogOf one whose outbox is empty when a test begins */
export function itIsClaimedLaneByLane(backlogOf: () => Backlog): void {
  it('is claimed in portions of at most twice what was asked for, with every lane in each of them', async () => {
    const backlog = backlogOf();
    await backlog.fill(30, 1, 100);
    const claimed = await claim(backlog, 0, 90);
    expect(claimed).toHaveLength(180);
    const lanes = sequencesByLane(claimed);
    expect(lanes.size).toBe(30);
    for (const sequences of lanes.values()) expect(sequences).toEqual(upTo(6));
    // The rest of these lanes waits behind what is claimed.
    expect(await claim(backlog, 0, 90)).toEqual([]);
  });

  it('is claimed to its end, each effect once and every lane in order', async () => {
    const backlog = backlogOf();
    await backlog.fill(30, 1, 100);
    const all: ClaimedEffect[] = [];
    for (;;) {
      const claimed = await claim(backlog, 0, 200);
      if (claimed.length === 0) break;
      expect(claimed.length).toBeLessThanOrEqual(400);
      all.push(...claimed);
      await backlog.outbox.acknowledge(claimed);
    }
    const lanes = sequencesByLane(all);
    expect(lanes.size).toBe(30);
    for (const sequences of lanes.values()) expect(sequences).toEqual(upTo(100));
  });

  it('gives no lane more than can be executed within a claim', async () => {
    const backlog = backlogOf();
    await backlog.fill(1, 1, 100);
    const first = await claim(backlog, 0, 1_000);
    expect([...sequencesByLane(first).values()]).toEqual([upTo(first.length)]);
    expect(first.length).toBeGreaterThan(1);
    expect(first.length).toBeLessThan(100);
  });

  it('waits as a whole when its heads are postponed, and is looked at again when they are due', async () => {
    const backlog = backlogOf();
    await backlog.fill(10, 1, 100);
    const claimed = await claim(backlog, 0, 20);
    await backlog.fill(10, 101, 110);
    await backlog.outbox.postpone(claimed, NOW + 3_000, { id: claimed[0].id, error: 'the sink is away' });
    expect(await backlog.due(NOW + 2_999)).toBe(0);
    expect(await claim(backlog, 2_999, 1_000)).toEqual([]);
    expect(await backlog.due(NOW + 3_000)).toBe(10 * 110);
    const again = sequencesByLane(await claim(backlog, 3_000, 1_000));
    expect(again.size).toBe(10);
    for (const sequences of again.values()) expect(sequences).toEqual(upTo(20));
  });

  it('leaves those alone that are in front of what is postponed, and those that somebody holds', async () => {
    const backlog = backlogOf();
    await backlog.fill(1, 1, 4);
    const [one, two, three, four] = await claim(backlog, 0, 4);
    await backlog.outbox.postpone([one], NOW);
    await backlog.outbox.postpone([two], NOW + 1_000);
    expect(await claim(backlog, 0, 10)).toMatchObject([{ id: one.id }]);
    await backlog.outbox.acknowledge([three, four]);
    expect((await backlog.outbox.stats(NOW)).pending).toBe(2);
  });
}

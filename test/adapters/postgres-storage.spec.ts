import { randomUUID } from 'node:crypto';
import {
  GROUPCALL_ENTITIES,
  GROUPCALL_MIGRATIONS,
  PostgresEffectOutbox,
  PostgresGroupcallStore,
  PostgresLegAudit,
  runGroupcallMigrations,
  TypeOrmGroupcallReader,
} from '@groupcall/groupcall/typeorm';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { HandleAnswerCommand } from '../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../libs/groupcall/src/commands/handle-hangup/handle-hangup.command.js';
import { HangupCommand } from '../../libs/groupcall/src/commands/hangup/hangup.command.js';
import { liveLegsOf, type TreeState } from '../../libs/groupcall/src/domain/tree-state.js';
import type { ClaimedEffect } from '../../libs/groupcall/src/ports/effect-outbox.port.js';
import { firstTurn, turnOf } from '../../libs/groupcall/src/testing/turns.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const NOW = 1_700_000_000_000;
const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };
const tel = (last: number) => ({ type: 'tel' as const, target: `+1555123${String(last).padStart(4, '0')}` });
const phones = (count: number) => Array.from({ length: count }, (_, index) => tel(index));
const legIds = (tree: TreeState) => [...tree.legs.keys()];

/** Two processes on one database: two DataSources, two stores, two outboxes. */
describe('Storage on PostgreSQL', () => {
  let database: TestDatabase;
  let sources: DataSource[];
  let stores: PostgresGroupcallStore[];
  let outboxes: PostgresEffectOutbox[];

  beforeAll(async () => {
    database = await createTestDatabase();
    sources = await Promise.all(
      [1, 2, 3, 4].map(() =>
        new DataSource({
          type: 'postgres',
          url: database.url,
          entities: GROUPCALL_ENTITIES,
          migrations: GROUPCALL_MIGRATIONS,
        }).initialize(),
      ),
    );
    // Four processes that start together: one migrates, the others wait.
    await Promise.all(sources.map(runGroupcallMigrations));
    stores = sources.map((source) => new PostgresGroupcallStore(source));
    outboxes = sources.map((source) => new PostgresEffectOutbox(source));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await database.drop();
  });

  beforeEach(async () => {
    await sources[0].query('TRUNCATE groupcall_outbox');
  });

  async function created(count = 2, customerId: string = randomUUID()): Promise<TreeState> {
    const turn = firstTurn({ rootId: randomUUID(), customerId, destinations: phones(count), now: NOW });
    expect(await stores[0].commit([turn], NO_LIMITS)).toEqual(['committed']);
    return turn.after;
  }

  it('gives back exactly what was committed, turn after turn', async () => {
    const customerId = randomUUID();
    const turn = firstTurn({
      rootId: randomUUID(),
      customerId,
      destinations: [tel(1), { type: 'groupcall', ring_method: 'linear', destinations: phones(3) }],
      now: NOW,
    });
    await stores[0].commit([turn], NO_LIMITS);
    expect(await stores[1].load(turn.after.rootId)).toEqual(turn.after);
    let state = turn.after;
    for (const command of [
      new HandleHangupCommand({ legId: legIds(state)[1], reason: 'busy' }),
      new HandleAnswerCommand({ legId: legIds(state)[0] }),
      new HangupCommand({ groupcallId: state.rootId }),
    ]) {
      const next = turnOf(state, command, NOW + 1_000);
      expect(await stores[0].commit([next], NO_LIMITS)).toEqual(['committed']);
      expect(await stores[1].load(state.rootId)).toEqual(next.after);
      expect(await stores[1].versionOf(state.rootId)).toBe(next.after.version);
      state = next.after;
    }
  });

  it('lets one of two answers in two processes win, 2,000 times over 50 trees, without a deadlock', async () => {
    const trees = await Promise.all(Array.from({ length: 50 }, () => created(40)));
    const roots = trees.map(({ rootId }) => rootId);
    const before = await deadlocks();
    const winners = new Map<string, Set<string>>();
    const play = async (store: PostgresGroupcallStore, leg: number) => {
      const states = await Promise.all(roots.map((rootId) => store.load(rootId)));
      const turns = states.map((state) =>
        turnOf(state!, new HandleAnswerCommand({ legId: legIds(state!)[leg] }), NOW),
      );
      // Each process takes the trees in an order of its own.
      const shuffled = leg % 2 === 0 ? turns : turns.reverse();
      const outcomes = await store.commit(shuffled, NO_LIMITS);
      outcomes.forEach((outcome, index) => {
        const { after } = shuffled[index];
        if (outcome !== 'committed') return;
        winners.set(after.rootId, (winners.get(after.rootId) ?? new Set()).add(after.winnerLegId!));
      });
    };
    for (let leg = 0; leg < 40; leg += 2) await Promise.all([play(stores[0], leg), play(stores[1], leg + 1)]);
    expect([...winners.values()].map((set) => set.size)).toEqual(roots.map(() => 1));
    for (const rootId of roots)
      expect([...winners.get(rootId)!]).toEqual([(await stores[2].load(rootId))!.winnerLegId]);
    expect(await deadlocks()).toBe(before);
  }, 60_000);

  async function deadlocks(): Promise<number> {
    const [row] = await sources[0].query<{ deadlocks: string }[]>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(row.deadlocks);
  }

  it('judges every turn of a group by itself', async () => {
    const good = await created();
    const stale = await created();
    await stores[1].commit([turnOf(stale, new HangupCommand({ groupcallId: stale.rootId }), NOW)], NO_LIMITS);
    const fresh = firstTurn({
      rootId: randomUUID(),
      customerId: randomUUID(),
      destinations: phones(1),
      now: NOW,
    });
    const taken = firstTurn({
      rootId: good.rootId,
      customerId: randomUUID(),
      destinations: phones(1),
      now: NOW,
    });
    expect(
      await stores[0].commit(
        [
          turnOf(good, new HangupCommand({ groupcallId: good.rootId }), NOW),
          turnOf(stale, new HandleAnswerCommand({ legId: legIds(stale)[0] }), NOW),
          fresh,
        ],
        NO_LIMITS,
      ),
    ).toEqual(['committed', 'conflict', 'committed']);
    expect((await stores[0].load(stale.rootId))!.winnerLegId).toBeNull();
    expect(await stores[0].commit([taken], NO_LIMITS)).toEqual(['conflict']);
  });

  it('keeps one groupcall per idempotency key, also when two processes create at once', async () => {
    const customerId = randomUUID();
    const create = (key: string) =>
      firstTurn({
        rootId: randomUUID(),
        customerId,
        destinations: phones(1),
        now: NOW,
        idempotency: { key, fingerprint: 'f' },
      });
    const outcomes = await Promise.all(
      stores.map((store) => store.commit([create('once'), create('x')], NO_LIMITS)),
    );
    const flat = outcomes.flat();
    expect(flat.filter((outcome) => outcome === 'committed')).toHaveLength(2);
    expect(flat.filter((outcome) => outcome === 'duplicate_key')).toHaveLength(6);
    expect(await stores[0].findByIdempotencyKey(customerId, 'once')).toMatchObject({ fingerprint: 'f' });
    expect(await stores[0].findByIdempotencyKey(randomUUID(), 'once')).toBeNull();
  });

  it('counts live legs exactly: 20 creates at once against a limit of 10', async () => {
    const customerId = randomUUID();
    const limits = { liveLegs: 10, groupcallsPerSecond: 0 };
    const turns = Array.from({ length: 20 }, () =>
      firstTurn({ rootId: randomUUID(), customerId, destinations: phones(3), now: NOW }),
    );
    const outcomes = await Promise.all(
      stores.map((store, process) => store.commit(turns.slice(process * 5, process * 5 + 5), limits)),
    );
    expect(outcomes.flat().filter((outcome) => outcome === 'committed')).toHaveLength(3);
    expect(outcomes.flat().filter((outcome) => outcome === 'over_limit')).toHaveLength(17);
    const winner = turns[outcomes.flat().indexOf('committed')].after;
    let state = winner;
    for (const legId of legIds(winner)) {
      const turn = turnOf(state, new HandleHangupCommand({ legId, reason: 'busy' }), NOW);
      expect(await stores[0].commit([turn], limits)).toEqual(['committed']);
      state = turn.after;
    }
    expect(liveLegsOf(state)).toBe(0);
    const [row] = await sources[0].query<{ live_legs: number }[]>(
      'SELECT live_legs FROM groupcall_customer WHERE customer_id = $1',
      [customerId],
    );
    expect(row.live_legs).toBe(6);
  });

  it('admits so many new groupcalls a second, counted over all processes', async () => {
    const customerId = randomUUID();
    const limits = { liveLegs: 0, groupcallsPerSecond: 5 };
    const at = (now: number) =>
      Promise.all(stores.flatMap((store) => [1, 2, 3].map(() => store.admit(customerId, limits, now))));
    expect((await at(NOW)).filter((wait) => wait === 0)).toHaveLength(5);
    const waits = await at(NOW + 400);
    expect(waits.filter((wait) => wait === 0)).toHaveLength(2);
    expect(Math.max(...waits)).toBeLessThanOrEqual(200);
  });

  describe('the outbox', () => {
    const claim = (outbox: PostgresEffectOutbox, now = NOW, limit = 1_000) =>
      outbox.claim({ owner: 'test', now, leaseMs: 5_000, limit });
    const told = (claimed: ClaimedEffect[]) => claimed.map(({ effect }) => effect.kind);

    it('hands every effect to one of several claimers, each lane whole and in order', async () => {
      const trees = await Promise.all(Array.from({ length: 30 }, () => created(5)));
      await Promise.all(
        trees.map((tree, index) =>
          stores[index % 4].commit(
            [turnOf(tree, new HangupCommand({ groupcallId: tree.rootId }), NOW)],
            NO_LIMITS,
          ),
        ),
      );
      const claims = await Promise.all([...outboxes, ...outboxes].map((outbox) => claim(outbox, NOW, 40)));
      const rest = await claim(outboxes[0]);
      const all = [...claims.flat(), ...rest];
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all).toHaveLength(30 * (1 + 5 + 1 + 5));
      for (const part of [...claims, rest]) {
        const lanes = new Map<string, string[]>();
        for (const { effect } of part)
          lanes.set(effect.lane, [...(lanes.get(effect.lane) ?? []), effect.kind]);
        for (const kinds of lanes.values())
          expect([
            ['dial', 'hangup'],
            ['publish', 'publish'],
          ]).toContainEqual(kinds);
      }
    });

    it('shows the leg as it is now, not as it was when the effect was committed', async () => {
      const tree = await created(1);
      await stores[0].commit([turnOf(tree, new HangupCommand({ groupcallId: tree.rootId }), NOW)], NO_LIMITS);
      const claimed = await claim(outboxes[0]);
      expect(claimed.filter(({ leg }) => leg).map(({ effect, leg }) => [effect.kind, leg!.status])).toEqual([
        ['dial', 'hangingup'],
        ['hangup', 'hangingup'],
      ]);
    });

    it('gives a claim that has run out to somebody else, and then ignores the first one', async () => {
      await created(1);
      const first = await claim(outboxes[0]);
      expect(await claim(outboxes[1], NOW + 4_999)).toEqual([]);
      const second = await claim(outboxes[1], NOW + 5_000);
      expect(second.map(({ attempts }) => attempts)).toEqual([2, 2]);
      await outboxes[0].acknowledge(first);
      await outboxes[0].bury(first, 'too late');
      expect(await outboxes[2].stats(NOW)).toMatchObject({ pending: 2, dead: 0 });
      await outboxes[1].acknowledge(second);
      expect(await outboxes[2].stats(NOW)).toMatchObject({ pending: 0, dead: 0 });
    });

    it('lets what follows in a lane wait behind what was postponed, and pass what was buried', async () => {
      const tree = await created(1);
      await stores[0].commit([turnOf(tree, new HangupCommand({ groupcallId: tree.rootId }), NOW)], NO_LIMITS);
      const claimed = await claim(outboxes[0]);
      await outboxes[0].acknowledge(claimed.filter(({ effect }) => effect.kind === 'publish'));
      const lane = claimed.filter(({ effect }) => effect.kind !== 'publish');
      await outboxes[0].postpone([lane[0]], NOW + 10_000, 'gateway down');
      expect(await claim(outboxes[1], NOW + 9_000)).toEqual([]);
      const again = await claim(outboxes[1], NOW + 10_000);
      expect(told(again)).toEqual(['dial', 'hangup']);
      await outboxes[1].bury([again[0]], 'given up');
      await outboxes[1].postpone([again[1]], NOW, '');
      expect(told(await claim(outboxes[0], NOW + 10_000))).toEqual(['hangup']);
      expect(await outboxes[0].stats(NOW)).toMatchObject({ pending: 1, dead: 1 });
    });

    it('finds what is due among a hundred thousand dead and fifty thousand postponed rows', async () => {
      await sources[0].query(`
        INSERT INTO groupcall_outbox (root_id, customer_id, lane, version, ordinal, kind, priority, payload, status, created_at, next_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'lane-' || n, 1, 0, 'publish', 3, '{"kind":"publish"}',
          CASE WHEN n % 3 = 0 THEN 'pending' ELSE 'dead' END, 0, 9000000000000
        FROM generate_series(1, 150000) AS n`);
      await sources[0].query('ANALYZE groupcall_outbox');
      await created(1);
      const [[{ rows }]] = [
        await sources[0].query<{ rows: string }[]>('SELECT count(*) AS rows FROM groupcall_outbox'),
      ];
      expect(Number(rows)).toBe(150_002);
      expect(told(await claim(outboxes[0]))).toEqual(['dial', 'publish']);
    }, 60_000);
  });

  it('finds what is alive for the reconciler, and the trees of a master call or a customer page by page', async () => {
    const customerId = randomUUID();
    const masterCallId = randomUUID();
    const turns = Array.from({ length: 5 }, () =>
      firstTurn({ rootId: randomUUID(), customerId, masterCallId, destinations: phones(1), now: NOW }),
    );
    await stores[0].commit(turns, NO_LIMITS);
    const roots = turns.map(({ after }) => after.rootId).sort();
    const first = await stores[0].liveRootsOfMasterCall(
      masterCallId,
      '00000000-0000-0000-0000-000000000000',
      3,
    );
    const second = await stores[0].liveRootsOfMasterCall(masterCallId, first[2].rootId, 3);
    expect([...first, ...second].map(({ rootId }) => rootId)).toEqual(roots);
    expect(await stores[0].rootsOfCustomer(customerId, 'live', roots[3], 10)).toEqual([
      { rootId: roots[4], customerId },
    ]);

    const audit = new PostgresLegAudit(sources[0]);
    const tree = turns[0].after;
    const [legId] = legIds(tree);
    expect(await audit.find([legId, randomUUID()])).toEqual([
      { rootId: tree.rootId, leg: tree.legs.get(legId) },
    ]);
    expect(await audit.placed(NOW, '00000000-0000-0000-0000-000000000000', 1_000)).not.toContainEqual(
      expect.objectContaining({ rootId: tree.rootId }),
    );
    expect(await stores[0].dueAlarms(NOW + 29_999, 1_000)).not.toContain(tree.rootId);
    expect(await stores[0].dueAlarms(NOW + 30_000, 1_000)).toContain(tree.rootId);
  });

  it('pages lists without skipping or repeating at equal timestamps, and shows nobody the rows of another', async () => {
    const reader = new TypeOrmGroupcallReader(sources[0]);
    const customerId = randomUUID();
    const turns = Array.from({ length: 25 }, () =>
      firstTurn({ rootId: randomUUID(), customerId, destinations: phones(1), now: NOW }),
    );
    await stores[0].commit(turns, NO_LIMITS);
    const seen: string[] = [];
    let after = null;
    do {
      const page = await reader.listGroupcalls({ customerId, filter: {}, after, pageSize: 7 });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
      await created(1, customerId);
    } while (after);
    const mine = new Set(turns.map((turn) => turn.after.rootId));
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of mine) expect(seen).toContain(id);
    expect(await reader.findGroupcall(randomUUID(), turns[0].after.rootId)).toBeNull();
    expect(await reader.findLeg(randomUUID(), legIds(turns[0].after)[0])).toBeNull();
    expect(
      (await reader.listLegs({ customerId: randomUUID(), filter: {}, after: null, pageSize: 9 })).items,
    ).toEqual([]);
  });

  it('rejects when the server goes away in the middle, and has stored a turn whole or not at all', async () => {
    const trees = await Promise.all(Array.from({ length: 40 }, () => created(3)));
    const killer = new pg.Client({ connectionString: database.url });
    await killer.connect();
    const killing = (async () => {
      for (let time = 0; time < 15; time += 1) {
        await killer.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`);
      }
    })();
    await Promise.allSettled(
      trees.map((tree) =>
        stores[0].commit([turnOf(tree, new HangupCommand({ groupcallId: tree.rootId }), NOW)], NO_LIMITS),
      ),
    );
    await killing;
    await killer.end();
    for (const tree of trees) {
      const stored = (await stores[1].load(tree.rootId))!;
      const effects = await sources[1].query<unknown[]>(
        `SELECT 1 FROM groupcall_outbox WHERE root_id = $1 AND version = 2`,
        [tree.rootId],
      );
      const whole = stored.version === 2;
      expect([...stored.legs.values()].map(({ status }) => status)).toEqual(
        Array(3).fill(whole ? 'hangingup' : 'planned'),
      );
      expect(effects).toHaveLength(whole ? 4 : 0);
    }
  }, 30_000);
});

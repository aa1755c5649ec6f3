import { HandleAnswerCommand } from '../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../commands/handle-hangup/handle-hangup.command.js';
import { DeleteGroupcallCommand } from '../../commands/delete-groupcall/delete-groupcall.command.js';
import type { TreeTurn } from '../../ports/groupcall-store.port.js';
import { group, phone, uuidOf } from '../../testing/scenario/index.js';
import { firstTurn, turnOf } from '../../testing/turns.js';
import { InMemoryDatabase } from './in-memory-database.js';
import { InMemoryGroupcallStore } from './in-memory-groupcall-store.js';
import { ManualClock } from './manual-clock.js';

const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };
const customerId = uuidOf('customer');
const root = (name: string) => uuidOf(`root ${name}`);

let clock: ManualClock;
let database: InMemoryDatabase;
let store: InMemoryGroupcallStore;
let otherProcess: InMemoryGroupcallStore;

beforeEach(() => {
  clock = new ManualClock();
  database = new InMemoryDatabase(clock);
  store = new InMemoryGroupcallStore(database);
  otherProcess = new InMemoryGroupcallStore(database);
});

function newTree(
  name: string,
  phones: string[],
  more: Partial<Parameters<typeof firstTurn>[0]> = {},
): TreeTurn {
  return firstTurn({
    rootId: root(name),
    customerId,
    destinations: phones.map(phone),
    now: clock.now(),
    ...more,
  });
}

describe('a committed turn', () => {
  it('is what every process loads', async () => {
    const turn = newTree('a', ['anna', 'bob']);
    expect(await store.load(root('a'))).toBeNull();
    expect(await store.versionOf(root('a'))).toBe(0);
    expect(await store.commit([turn], NO_LIMITS)).toEqual(['committed']);
    expect(await otherProcess.load(root('a'))).toEqual(turn.after);
    expect(await otherProcess.versionOf(root('a'))).toBe(1);
  });

  it('is found by its groupcalls and legs', async () => {
    const turn = newTree('a', [], { destinations: [group('sales', [phone('anna')])] });
    await store.commit([turn], NO_LIMITS);
    for (const id of turn.after.groupcalls.keys())
      expect(await store.findRootOfGroupcall(id)).toBe(root('a'));
    for (const id of turn.after.legs.keys()) expect(await store.findRootOfLeg(id)).toBe(root('a'));
    expect(await store.findRootOfGroupcall(uuidOf('nothing'))).toBeNull();
    expect(await store.findRootOfLeg(uuidOf('nothing'))).toBeNull();
  });

  it('shares nothing with what a caller holds', async () => {
    await store.commit([newTree('a', ['anna'])], NO_LIMITS);
    const loaded = (await store.load(root('a')))!;
    (loaded.legs as Map<string, unknown>).clear();
    expect((await store.load(root('a')))!.legs.size).toBe(1);
  });
});

describe('two processes that decide on the same version', () => {
  it('have one winner: the second commit is a conflict and changes nothing', async () => {
    const first = newTree('a', ['anna', 'bob']);
    await store.commit([first], NO_LIMITS);
    const [anna, bob] = [...first.after.legs.keys()];
    const mine = turnOf(first.after, new HandleAnswerCommand({ legId: anna }), clock.now());
    const theirs = turnOf(first.after, new HandleAnswerCommand({ legId: bob }), clock.now());
    expect(await store.commit([mine], NO_LIMITS)).toEqual(['committed']);
    const effects = database.outbox.size;
    expect(await otherProcess.commit([theirs], NO_LIMITS)).toEqual(['conflict']);
    expect((await otherProcess.load(root('a')))!.winnerLegId).toBe(anna);
    expect(database.outbox.size).toBe(effects);
  });

  it('cannot create the same tree twice', async () => {
    const turn = newTree('a', ['anna']);
    expect(await store.commit([turn], NO_LIMITS)).toEqual(['committed']);
    expect(await otherProcess.commit([turn], NO_LIMITS)).toEqual(['conflict']);
  });

  it('each turn of a batch stands for itself', async () => {
    const known = newTree('a', ['anna']);
    await store.commit([known], NO_LIMITS);
    expect(await store.commit([known, newTree('b', ['bob'])], NO_LIMITS)).toEqual(['conflict', 'committed']);
  });
});

describe('an idempotency key', () => {
  const idempotency = { key: 'key-1', fingerprint: 'f' };

  it('belongs to the first tree of the customer that brings it', async () => {
    expect(await store.findByIdempotencyKey(customerId, 'key-1')).toBeNull();
    expect(await store.commit([newTree('a', ['anna'], { idempotency })], NO_LIMITS)).toEqual(['committed']);
    expect(await otherProcess.commit([newTree('b', ['anna'], { idempotency })], NO_LIMITS)).toEqual([
      'duplicate_key',
    ]);
    expect(await store.load(root('b'))).toBeNull();
    expect(await store.findByIdempotencyKey(customerId, 'key-1')).toEqual({
      rootId: root('a'),
      fingerprint: 'f',
    });
  });

  it('is free for other customers', async () => {
    const other = { customerId: uuidOf('somebody else'), idempotency };
    await store.commit([newTree('a', ['anna'], { idempotency })], NO_LIMITS);
    expect(await store.commit([newTree('b', ['anna'], other)], NO_LIMITS)).toEqual(['committed']);
  });

  it('is not taken by a turn that was not stored', async () => {
    const limits = { ...NO_LIMITS, liveLegs: 1 };
    expect(await store.commit([newTree('a', ['anna', 'bob'], { idempotency })], limits)).toEqual([
      'over_limit',
    ]);
    expect(await store.findByIdempotencyKey(customerId, 'key-1')).toBeNull();
  });
});

describe("the customer's live legs", () => {
  const limits = { ...NO_LIMITS, liveLegs: 3 };

  it('are counted over all trees, and a turn that would exceed them stores nothing', async () => {
    expect(await store.commit([newTree('a', ['anna', 'bob'])], limits)).toEqual(['committed']);
    expect(await otherProcess.commit([newTree('b', ['carl', 'dora'])], limits)).toEqual(['over_limit']);
    expect(await store.load(root('b'))).toBeNull();
    expect(await otherProcess.commit([newTree('b', ['carl'])], limits)).toEqual(['committed']);
  });

  it('are free again when legs have ended', async () => {
    const first = newTree('a', ['anna', 'bob', 'carl']);
    await store.commit([first], limits);
    const [legId] = first.after.legs.keys();
    const ended = turnOf(first.after, new HandleHangupCommand({ legId, reason: 'busy' }), clock.now());
    expect(await store.commit([ended], limits)).toEqual(['committed']);
    expect(await store.commit([newTree('b', ['dora'])], limits)).toEqual(['committed']);
  });

  it('of others do not count', async () => {
    await store.commit([newTree('a', ['anna', 'bob', 'carl'])], limits);
    const others = newTree('b', ['dora'], { customerId: uuidOf('somebody else') });
    expect(await store.commit([others], limits)).toEqual(['committed']);
  });

  it('never stop a turn that adds none', async () => {
    const first = newTree('a', ['anna', 'bob', 'carl']);
    await store.commit([first], NO_LIMITS);
    const [legId] = first.after.legs.keys();
    const answered = turnOf(first.after, new HandleAnswerCommand({ legId }), clock.now());
    expect(await store.commit([answered], { ...NO_LIMITS, liveLegs: 1 })).toEqual(['committed']);
  });
});

describe('new groupcalls per second', () => {
  const limits = { ...NO_LIMITS, groupcallsPerSecond: 2 };

  it('are admitted up to the limit, across processes, then one has to wait', async () => {
    expect(await store.admit(customerId, limits, clock.now())).toBe(0);
    expect(await otherProcess.admit(customerId, limits, clock.now())).toBe(0);
    const wait = await store.admit(customerId, limits, clock.now());
    expect(wait).toBe(500);
    await clock.advance(wait);
    expect(await store.admit(customerId, limits, clock.now())).toBe(0);
    expect(await store.admit(customerId, limits, clock.now())).toBeGreaterThan(0);
  });

  it('of others do not count, and 0 is no limit', async () => {
    for (let i = 0; i < 5; i += 1) expect(await store.admit(uuidOf(`customer ${i}`), limits, 0)).toBe(0);
    for (let i = 0; i < 5; i += 1) expect(await store.admit(customerId, NO_LIMITS, 0)).toBe(0);
  });
});

describe('looking for trees', () => {
  it('finds those whose alarm is due, the most overdue first', async () => {
    const rings = (name: string, ms: number) =>
      newTree(name, [], { destinations: [group('g', [phone('anna')], { dial_timeout: ms })] });
    await store.commit([rings('slow', 9_000), rings('fast', 1_000), rings('middle', 5_000)], NO_LIMITS);
    expect(await store.dueAlarms(clock.now() + 999, 10)).toEqual([]);
    expect(await store.dueAlarms(clock.now() + 5_000, 10)).toEqual([root('fast'), root('middle')]);
    expect(await store.dueAlarms(clock.now() + 9_000, 2)).toEqual([root('fast'), root('middle')]);
  });

  it('finds the live ones of a master call and of a customer, page by page in order of id', async () => {
    const masterCallId = uuidOf('master call');
    const names = ['a', 'b', 'c', 'd'];
    const turns = names.map((name) => newTree(name, ['anna'], { masterCallId }));
    await store.commit([...turns, newTree('other', ['anna'])], NO_LIMITS);
    const [legId] = turns[0].after.legs.keys();
    await store.commit(
      [turnOf(turns[0].after, new HandleHangupCommand({ legId, reason: 'busy' }), 0)],
      NO_LIMITS,
    );

    const live = names.slice(1).map(root).sort();
    const rootIds = async (page: Promise<{ rootId: string }[]>) => (await page).map(({ rootId }) => rootId);
    expect(await rootIds(store.liveRootsOfMasterCall(masterCallId, '', 2))).toEqual(live.slice(0, 2));
    expect(await rootIds(store.liveRootsOfMasterCall(masterCallId, live[1], 2))).toEqual(live.slice(2));
    const ofCustomer = (which: 'live' | 'not_deleted') =>
      rootIds(store.rootsOfCustomer(customerId, which, '', 100));
    expect(await ofCustomer('live')).toEqual([...live, root('other')].sort());
    expect(await ofCustomer('not_deleted')).toEqual([...names, 'other'].map(root).sort());
    expect(await store.rootsOfCustomer(uuidOf('somebody else'), 'live', '', 100)).toEqual([]);
  });

  it('finds deleted ones only as long as they live', async () => {
    const turn = newTree('a', ['anna']);
    await store.commit([turn], NO_LIMITS);
    await store.commit(
      [turnOf(turn.after, new DeleteGroupcallCommand({ groupcallId: root('a') }), 0)],
      NO_LIMITS,
    );
    expect(await store.rootsOfCustomer(customerId, 'not_deleted', '', 10)).toEqual([]);
    expect(await store.rootsOfCustomer(customerId, 'live', '', 10)).toEqual([
      { rootId: root('a'), customerId },
    ]);
  });
});

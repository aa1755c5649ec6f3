import { HangupCommand } from '../../commands/hangup/hangup.command.js';
import { phone, uuidOf } from '../../testing/scenario/index.js';
import { firstTurn, turnOf } from '../../testing/turns.js';
import { InMemoryDatabase } from './in-memory-database.js';
import { InMemoryEffectOutbox } from './in-memory-effect-outbox.js';
import { InMemoryGroupcallStore } from './in-memory-groupcall-store.js';
import { ManualClock } from './manual-clock.js';

const LEASE = 5_000;
const rootId = uuidOf('root');
const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };

let clock: ManualClock;
let outbox: InMemoryEffectOutbox;
let otherProcess: InMemoryEffectOutbox;
let commit: (phones: string[]) => Promise<void>;
let hangup: () => Promise<void>;

beforeEach(() => {
  clock = new ManualClock();
  const database = new InMemoryDatabase(clock);
  const store = new InMemoryGroupcallStore(database);
  outbox = new InMemoryEffectOutbox(database);
  otherProcess = new InMemoryEffectOutbox(database);
  commit = async (phones) => {
    const now = clock.now();
    const turn = firstTurn({ rootId, customerId: uuidOf('customer'), destinations: phones.map(phone), now });
    await store.commit([turn], NO_LIMITS);
  };
  hangup = async () => {
    const turn = turnOf((await store.load(rootId))!, new HangupCommand({ groupcallId: rootId }), clock.now());
    await store.commit([turn], NO_LIMITS);
  };
});

function claim(from: InMemoryEffectOutbox, limit = 100) {
  return from.claim({ owner: 'process', now: clock.now(), leaseMs: LEASE, limit });
}
const kinds = (claimed: { effect: { kind: string } }[]) => claimed.map(({ effect }) => effect.kind);

describe('a claimed effect', () => {
  it('is one process’s alone until its lease is over', async () => {
    await commit(['anna']);
    expect(kinds(await claim(outbox))).toEqual(['publish', 'dial']);
    expect(await claim(otherProcess)).toEqual([]);
    await clock.advance(LEASE - 1);
    expect(await claim(otherProcess)).toEqual([]);
    await clock.advance(1);
    const again = await claim(otherProcess);
    expect(again.map(({ attempts }) => attempts)).toEqual([2, 2]);
  });

  it('comes with its leg as committed, the customer and the moment of its commit', async () => {
    await commit(['anna']);
    const [, dial] = await claim(outbox);
    expect(dial).toMatchObject({
      rootId,
      customerId: uuidOf('customer'),
      attempts: 1,
      createdAt: clock.now(),
    });
    expect(dial.leg).toMatchObject({ id: dial.effect.lane, status: 'planned' });
  });

  it('is forgotten when it is acknowledged', async () => {
    await commit(['anna']);
    await outbox.acknowledge(await claim(outbox));
    await clock.advance(LEASE);
    expect(await claim(outbox)).toEqual([]);
    expect(await outbox.stats(clock.now())).toEqual({ pending: 0, dead: 0, oldestAge: 0 });
  });

  it('cannot be acknowledged, postponed or buried by whoever has lost it', async () => {
    await commit(['anna']);
    const lost = await claim(outbox);
    await clock.advance(LEASE);
    const held = await claim(otherProcess);
    await outbox.acknowledge(lost);
    await outbox.postpone(lost, 0, 'late');
    await outbox.bury(lost, 'late');
    expect(await claim(outbox)).toEqual([]);
    expect(await outbox.stats(clock.now())).toMatchObject({ pending: held.length, dead: 0 });
  });
});

describe('a lane', () => {
  it('is claimed in order, as a whole', async () => {
    await commit(['anna', 'bob']);
    await hangup();
    const lanes = new Map<string, string[]>();
    for (const { effect } of await claim(outbox))
      lanes.set(effect.lane, [...(lanes.get(effect.lane) ?? []), effect.kind]);
    expect([...lanes.values()]).toContainEqual(['publish', 'publish']);
    expect([...lanes.values()].filter((lane) => lane.join() === 'dial,hangup')).toHaveLength(2);
  });

  it('waits behind what is claimed: a hangup never overtakes its dial', async () => {
    await commit(['anna']);
    const first = await claim(outbox);
    await hangup();
    expect(await claim(otherProcess)).toEqual([]);
    await outbox.acknowledge(first);
    expect(kinds(await claim(otherProcess))).toEqual(expect.arrayContaining(['hangup', 'publish']));
  });

  it('waits behind what is postponed', async () => {
    await commit(['anna']);
    const [publish, dial] = await claim(outbox);
    await outbox.acknowledge([publish]);
    await outbox.postpone([dial], clock.now() + 2_000, 'gateway is down');
    await hangup();
    expect(kinds(await claim(outbox))).toEqual(['publish']);
    await clock.advance(2_000);
    expect(kinds(await claim(outbox))).toEqual(['dial', 'hangup']);
  });

  it('goes on without what is buried', async () => {
    await commit(['anna']);
    const claimed = await claim(outbox);
    await hangup();
    await outbox.bury(claimed, 'refused for ever');
    expect(kinds(await claim(outbox)).sort()).toEqual(['hangup', 'publish']);
    await clock.advance(1_000);
    expect(await outbox.stats(clock.now())).toEqual({ pending: 2, dead: 2, oldestAge: 1_000 });
  });
});

describe('across lanes', () => {
  it('hangups go first', async () => {
    await commit(['anna']);
    await outbox.acknowledge(await claim(outbox));
    await hangup();
    expect(kinds(await claim(outbox, 1))).toEqual(['hangup']);
  });

  it('no more are claimed than asked for, a lane at least', async () => {
    await commit(['anna', 'bob', 'carl']);
    expect(await claim(outbox, 2)).toHaveLength(2);
    expect(await claim(outbox, 100)).toHaveLength(2);
  });
});

import {
  InMemoryDatabase,
  InMemoryEffectOutbox,
  InMemoryGroupcallStore,
  ManualClock,
} from '../adapters/in-memory/index.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';
import { HandleDialOutcomeCommand } from '../commands/handle-dial-outcome/handle-dial-outcome.command.js';
import type { EffectKind } from '../domain/effect.js';
import type { TreeState } from '../domain/tree-state.js';
import { resolveOptions } from '../groupcall.options.js';
import type { ClaimedEffect } from '../ports/effect-outbox.port.js';
import { agent, phone, uuidOf } from '../testing/scenario/index.js';
import { firstTurn, turnOf } from '../testing/turns.js';
import type { EffectExecutor } from './effect-executor.js';
import type { HeldEffects } from './held-effects.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxSignal } from './outbox-signal.js';
import { ReceiptBatcher } from './receipt-batcher.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const NOW = 1_700_000_000_000;
const NO_LIMITS = { liveLegs: 0, groupcallsPerSecond: 0 };
const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' } });
const { effectTimeout, claimLease } = options.timings;
const nothing = () => Promise.resolve();

type Act = (claimed: ClaimedEffect) => Promise<void>;

/** A relay on an outbox in memory; what an effect does to the world is the test's business. */
function setting() {
  const clock = new ManualClock(NOW);
  const database = new InMemoryDatabase(clock);
  const outbox = new InMemoryEffectOutbox(database);
  const store = new InMemoryGroupcallStore(database);
  const signal = new OutboxSignal();
  const metrics = new RuntimeMetrics();
  const acts: Record<EffectKind, Act> = {
    dial: nothing,
    hangup: nothing,
    resolve: nothing,
    publish: nothing,
  };
  /** What was begun, in order. */
  const begun: ClaimedEffect[] = [];
  const executor = {
    execute: (claimed: ClaimedEffect) => {
      begun.push(claimed);
      return acts[claimed.effect.kind](claimed);
    },
  } as unknown as EffectExecutor;
  const receipts = new ReceiptBatcher(outbox, signal);
  // Everything in here comes by way of the outbox.
  const held = { start: () => undefined, stop: nothing } as unknown as HeldEffects;
  const relay = new OutboxRelay(
    outbox,
    executor,
    receipts,
    signal,
    clock,
    { name: 'test' },
    held,
    metrics,
    options,
  );

  const created = async (name: string, phones: number, agents = 0): Promise<TreeState> => {
    const destinations = [
      ...Array.from({ length: phones }, (_, index) => phone(`phone-${index}`)),
      ...Array.from({ length: agents }, (_, index) => agent(`agent ${index}`)),
    ];
    const turn = firstTurn({ rootId: uuidOf(name), customerId: uuidOf('customer'), now: NOW, destinations });
    await store.commit([turn], NO_LIMITS);
    return turn.after;
  };
  const after = async (tree: TreeState, command: Parameters<typeof turnOf>[1]): Promise<TreeState> => {
    const turn = turnOf(tree, command, clock.now());
    await store.commit([turn], NO_LIMITS);
    return turn.after;
  };
  return {
    clock,
    outbox,
    relay,
    metrics,
    acts,
    begun,
    created,
    /** A tree whose events 1 to `events` wait in one lane. */
    withEvents: async (name: string, events: number): Promise<TreeState> => {
      let tree = await created(name, events - 1);
      for (const legId of [...tree.legs.keys()])
        tree = await after(
          tree,
          new HandleDialOutcomeCommand({ rootId: tree.rootId, legId, outcome: 'accepted' }),
        );
      return tree;
    },
    hangup: (tree: TreeState) => after(tree, new HangupCommand({ groupcallId: tree.rootId })),
    kinds: () => begun.map(({ effect }) => effect.kind),
    sequences: () =>
      begun.flatMap(({ effect }) => (effect.kind === 'publish' ? [effect.event.sequence] : [])),
    /** Lets everything happen that waits for nothing but its turn. */
    settle: async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('The relay', () => {
  describe.each(['dial', 'resolve', 'publish'] as const)('while 500 effects of the kind %s hang', (kind) => {
    async function crowded() {
      const stage = setting();
      const tree = await stage.created('to be hung up', 3);
      stage.relay.start();
      await stage.settle();
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => (release = resolve));
      stage.acts[kind] = () => held;
      for (let index = 0; index < 700; index += 1) await stage.created(`tree ${index}`, 1, 1);
      stage.relay.nudge();
      await stage.settle();
      return { ...stage, tree, release };
    }

    it('hangups and everything else go on', async () => {
      const { hangup, kinds, relay, settle, tree } = await crowded();
      await hangup(tree);
      relay.nudge();
      await settle();
      expect(kinds().filter((one) => one === 'hangup')).toHaveLength(3);
      const others = (['dial', 'resolve', 'publish'] as const).filter((one) => one !== kind);
      for (const other of others)
        expect(kinds().filter((one) => one === other).length).toBeGreaterThanOrEqual(700);
    });

    it('no more of them are claimed than there is room for, and the rest when there is room again', async () => {
      const { kinds, release, relay, outbox, clock } = await crowded();
      const under = kinds().filter((one) => one === kind).length;
      expect(under).toBeLessThan(700);
      release();
      await relay.whenIdle();
      await relay.stop();
      expect(kinds().filter((one) => one === kind).length).toBeGreaterThanOrEqual(700);
      expect(await outbox.stats(clock.now())).toMatchObject({ pending: 0, dead: 0 });
    });
  });

  describe('a lane that takes longer than its claim', () => {
    it('is given back before an effect that might not end in time, and goes on with the next claim', async () => {
      const { acts, begun, clock, relay, sequences, settle, withEvents, outbox } = setting();
      await withEvents('slow', 4);
      const claims: number[] = [];
      acts.publish = async (claimed) => {
        claims.push(claimed.claimUntil);
        // A whole effect more must fit in.
        expect(clock.now() + effectTimeout).toBeLessThanOrEqual(claimed.claimUntil);
        await clock.advance(claimLease - effectTimeout + 1);
      };
      relay.start();
      await settle();
      expect(sequences()).toEqual([1, 2, 3, 4]);
      expect(new Set(claims).size).toBe(4);
      expect(begun.filter(({ attempts }) => attempts > 0)).toEqual([]);
      expect(await outbox.stats(clock.now())).toMatchObject({ pending: 0, dead: 0 });
    });

    it('begins all the same when the claim itself was slow: given back it would come no faster', async () => {
      const { clock, kinds, outbox, relay, settle, withEvents } = setting();
      await withEvents('slow', 3);
      const claim = outbox.claim.bind(outbox);
      outbox.claim = async (request) => {
        const claimed = await claim(request);
        if (claimed.length > 0) await clock.advance(claimLease - effectTimeout + 500);
        return claimed;
      };
      relay.start();
      await settle();
      expect(kinds().filter((kind) => kind === 'publish')).toHaveLength(3);
    });

    it('is not begun when its claim is over: it is somebody else’s', async () => {
      const { begun, clock, outbox, relay, settle, withEvents } = setting();
      await withEvents('late', 3);
      const claim = outbox.claim.bind(outbox);
      let slow = true;
      outbox.claim = async (request) => {
        const claimed = await claim(request);
        if (slow && claimed.length > 0) await clock.advance(claimLease);
        slow = false;
        return claimed;
      };
      relay.start();
      await settle();
      for (const { claimUntil } of begun) expect(claimUntil).toBeGreaterThan(NOW + claimLease);
      expect(begun).toHaveLength(5);
    });
  });

  describe('an event that the sink refuses for ever', () => {
    it('is given up after 20 tries, and none of those behind it is lost', async () => {
      const { acts, begun, clock, metrics, outbox, relay, settle, withEvents } = setting();
      await withEvents('refused', 12);
      const delivered: number[] = [];
      acts.publish = async ({ effect }) => {
        const { sequence } = (effect as { event: { sequence: number } }).event;
        if (sequence === 1) throw new Error('refused');
        delivered.push(sequence);
      };
      relay.start();
      for (let time = 0; time < 40 && (await outbox.stats(clock.now())).pending > 0; time += 1) {
        await settle();
        await clock.advance(12_500);
        relay.nudge();
      }
      await settle();
      expect(delivered).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(
        begun.filter(({ effect }) => effect.kind === 'publish' && effect.event.sequence === 1),
      ).toHaveLength(20);
      expect(await outbox.stats(clock.now())).toMatchObject({ pending: 0, dead: 1 });
      expect(metrics.effectsDead).toBe(1);
    });

    it.each([
      ['no text', Object.create(null)],
      ['a text that no database keeps', new Error('\0 \ud800')],
    ])('is given back although its error has %s', async (_what, reason) => {
      const { acts, clock, outbox, relay, settle, sequences, withEvents } = setting();
      await withEvents('refused', 3);
      const told: string[] = [];
      const postpone = outbox.postpone.bind(outbox);
      outbox.postpone = (receipts, at, failure) => {
        if (failure) told.push(failure.error);
        return postpone(receipts, at, failure);
      };
      acts.publish = () => Promise.reject(reason as Error);
      relay.start();
      await settle();
      expect(told).toEqual([reason instanceof Error ? 'Error:   \ufffd' : 'an error that has no text']);
      acts.publish = nothing;
      await clock.advance(1_000);
      relay.nudge();
      await settle();
      expect(sequences()).toEqual([1, 1, 2, 3]);
    });

    it('does not count the claims of a process that died with it', async () => {
      const { clock, outbox, relay, settle, withEvents, sequences } = setting();
      await withEvents('crashed', 3);
      for (let crash = 0; crash < 30; crash += 1) {
        await outbox.claim({ owner: 'dies', now: clock.now(), leaseMs: claimLease, limit: 10 });
        await clock.advance(claimLease);
      }
      relay.start();
      await settle();
      expect(sequences()).toEqual([1, 2, 3]);
      expect(await outbox.stats(clock.now())).toMatchObject({ pending: 0, dead: 0 });
    });
  });

  describe('a hangup', () => {
    it('does not wait until its dial is tried again', async () => {
      const { acts, created, hangup, kinds, relay, settle } = setting();
      acts.dial = () => Promise.reject(new Error('the gateway is down'));
      const tree = await created('ringing', 1);
      relay.start();
      await settle();
      acts.dial = nothing;
      await hangup(tree);
      relay.nudge();
      await settle();
      expect(kinds().filter((kind) => kind !== 'publish')).toEqual(['dial', 'dial', 'hangup']);
    });

    it('that came while its dial was under way follows as soon as that has failed', async () => {
      const { acts, created, hangup, kinds, relay, settle } = setting();
      let fail: (reason: Error) => void = () => undefined;
      acts.dial = () => new Promise<never>((_resolve, reject) => (fail = reject));
      const tree = await created('ringing', 1);
      relay.start();
      await settle();
      await hangup(tree);
      relay.nudge();
      await settle();
      expect(kinds()).not.toContain('hangup');
      acts.dial = nothing;
      fail(new Error('the gateway is down'));
      await settle();
      expect(kinds().filter((kind) => kind !== 'publish')).toEqual(['dial', 'dial', 'hangup']);
    });
  });
});

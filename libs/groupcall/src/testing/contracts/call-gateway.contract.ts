import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { toAddress, type Address } from '@groupcall/address';
import { NIL_UUID } from '@groupcall/shared';
import type { LegHangupReason } from '../../domain/status.js';
import {
  ALL_GATEWAY_CAPABILITIES,
  CallRefusedError,
  type CallGateway,
  type GatewayCapabilities,
  type OutgoingCall,
} from '../../ports/call-gateway.port.js';

// Any runner with these globals: this file is part of the library and depends on none.
declare const describe: (name: string, suite: () => void) => void;
declare const it: (name: string, test: () => Promise<void>) => void;
declare const beforeEach: (hook: () => Promise<void>) => void;
declare const afterEach: (hook: () => Promise<void>) => void;

/** What the gateway told us about a call: a HandleRinging, HandleAnswer or HandleHangup command. */
export interface CallNotification {
  /** Which of the three. */
  readonly kind: 'ringing' | 'answered' | 'ended';
  /** Only when ended. */
  readonly reason?: LegHangupReason;
}

/** A gateway with its telephones in our hands, and a clock. Fresh for every test; the calls may live in a shared place. */
export interface CallGatewayEnvironment {
  /** Another one after {@link restart}. */
  readonly gateway: CallGateway;
  /** Rings until somebody plays it. */
  readonly rings: Address;
  /** The gateway never places a call to it. */
  readonly refuses: Address;
  /** Answers exactly when it is hung up: CANCEL crosses 200. */
  readonly answersOnCancel: Address;
  /** What we were told about a call so far, in order of arrival, repeats included. */
  notificationsOf(callId: string): readonly CallNotification[];
  /** The person at the phone. */
  answer(callId: string): Promise<void>;
  /** The phone, or its network, ends the call. */
  hangUp(callId: string, reason: LegHangupReason): Promise<void>;
  /** Lets `ms` pass; resolves when what became due by then has happened and was told. 0 = what is due already. */
  advance(ms: number): Promise<void>;
  /** Kills our side of the gateway without a word and starts another one: what was promised must still be there. */
  restart(): Promise<void>;
  /** Ends everything. */
  close(): Promise<void>;
}

/**
 * What the engine relies on, for any CallGateway (RELIABILITY 3.3). Run it on your adapter with a double of your
 * telephone network behind it:
 *
 *     describeCallGatewayContract('my gateway', () => createMyEnvironment());
 *
 * @param capabilities what the gateway says of itself; what it says it cannot do is not asked of it
 */
export function describeCallGatewayContract(
  name: string,
  makeEnvironment: () => Promise<CallGatewayEnvironment>,
  capabilities: Partial<GatewayCapabilities> = {},
): void {
  const can: GatewayCapabilities = { ...ALL_GATEWAY_CAPABILITIES, ...capabilities };
  describe(`${name}, as a call gateway,`, () => {
    let env: CallGatewayEnvironment;
    beforeEach(async () => {
      env = await makeEnvironment();
      asked = [];
    });
    afterEach(() => env.close());

    const patient = () => new AbortController().signal;
    let asked: string[] = [];
    const create = (call: OutgoingCall) => {
      asked.push(call.id);
      return env.gateway.createCall(call, patient());
    };
    const hangup = (id: string, reason: LegHangupReason) => env.gateway.hangupCall(id, reason, patient());
    const get = (id: string) => env.gateway.getCall(id, patient());
    const callTo = (to: Address, limits: Partial<OutgoingCall> = {}): OutgoingCall => ({
      id: randomUUID(),
      customerId: randomUUID(),
      groupcallId: randomUUID(),
      rootId: randomUUID(),
      from: toAddress({ type: 'tel', target: '+15550000001' }),
      to,
      ringTimeout: 40_000,
      maxDuration: 3_600_000,
      ...limits,
    });
    const ringing = async (limits: Partial<OutgoingCall> = {}): Promise<OutgoingCall> => {
      const call = callTo(env.rings, limits);
      await create(call);
      await env.advance(0);
      return call;
    };
    const answered = async (limits: Partial<OutgoingCall> = {}): Promise<OutgoingCall> => {
      const call = await ringing(limits);
      await env.answer(call.id);
      await env.advance(0);
      return call;
    };
    /** What we know in the end, repeats left out: notifications may arrive twice. */
    const told = (id: string): string[] => {
      const words = env.notificationsOf(id).map(({ kind, reason }) => (reason ? `${kind} ${reason}` : kind));
      return words.filter((word, index) => words.indexOf(word) === index);
    };
    const liveIds = async (limit: number): Promise<string[]> => {
      if (!can.listsCalls) return livingOneByOne();
      const ids: string[] = [];
      for (let after = NIL_UUID; ;) {
        const page = await env.gateway.listCalls({ after, limit }, patient());
        assert.ok(page.length <= limit, 'a page is longer than asked for');
        ids.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        if (!last || page.length < limit) return ids;
        after = last.id;
      }
    };

    const livingOneByOne = async (): Promise<string[]> => {
      const calls = await Promise.all([...new Set(asked)].map(get));
      return calls.filter(({ state }) => state === 'ringing' || state === 'answered').map(({ id }) => id);
    };

    it('says of itself what the suite was told of it', () => {
      assert.deepEqual({ ...ALL_GATEWAY_CAPABILITIES, ...env.gateway.capabilities }, can);
      return Promise.resolve();
    });

    describe('placing a call,', () => {
      it('rings the phone and knows the call', async () => {
        const call = await ringing();
        assert.deepEqual(told(call.id), ['ringing']);
        assert.deepEqual(await get(call.id), { id: call.id, state: 'ringing' });
      });

      it('tells an answer and the end that the far end gives it, in order', async () => {
        const call = await answered();
        assert.deepEqual(await get(call.id), { id: call.id, state: 'answered' });
        await env.hangUp(call.id, 'normal');
        await env.advance(0);
        assert.deepEqual(told(call.id), ['ringing', 'answered', 'ended normal']);
        assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason: 'normal' });
      });

      for (const reason of ['busy', 'rejected'] as const) {
        it(`tells that the far end is ${reason}`, async () => {
          const call = await ringing();
          await env.hangUp(call.id, reason);
          await env.advance(0);
          assert.deepEqual(told(call.id), ['ringing', `ended ${reason}`]);
          assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason });
        });
      }

      it('refuses for good what can never be placed, and has no such call', async () => {
        const call = callTo(env.refuses);
        await assert.rejects(create(call), CallRefusedError);
        await env.advance(0);
        assert.deepEqual(told(call.id), []);
        assert.equal((await liveIds(100)).includes(call.id), false);
      });

      it('has made it durable when it says so', async () => {
        const call = callTo(env.rings);
        await create(call);
        await env.restart();
        await env.advance(0);
        assert.equal((await get(call.id)).state, 'ringing');
        assert.deepEqual(told(call.id), ['ringing']);
      });
    });

    describe('asked to place a call that it has,', () => {
      it('places no other one while it rings, talks, and after its end', async () => {
        const call = await ringing();
        await create(call);
        assert.equal((await get(call.id)).state, 'ringing');
        await env.answer(call.id);
        await create(call);
        assert.equal((await get(call.id)).state, 'answered');
        await env.hangUp(call.id, 'normal');
        await create(call);
        await env.advance(60_000);
        assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason: 'normal' });
        assert.deepEqual(told(call.id), ['ringing', 'answered', 'ended normal']);
      });

      it('places no other one after we have hung it up', async () => {
        const call = await ringing();
        await hangup(call.id, 'cancel');
        await create(call);
        await env.advance(60_000);
        assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason: 'cancel' });
        assert.deepEqual(told(call.id), ['ringing', 'ended cancel']);
      });

      it('places one when asked several times at once', async () => {
        const call = callTo(env.rings);
        await Promise.all(Array.from({ length: 8 }, () => create(call)));
        await env.advance(0);
        assert.equal((await liveIds(100)).filter((id) => id === call.id).length, 1);
        assert.deepEqual(told(call.id), ['ringing']);
      });

      it('refuses another call under the same id, and leaves the first one alone', async () => {
        const call = await ringing();
        await assert.rejects(create({ ...call, to: env.answersOnCancel }), CallRefusedError);
        await assert.rejects(create({ ...call, customerId: randomUUID() }), CallRefusedError);
        await env.advance(0);
        assert.deepEqual(await get(call.id), { id: call.id, state: 'ringing' });
        assert.deepEqual(told(call.id), ['ringing']);
      });

      it('remembers that after a restart', async () => {
        const call = await ringing();
        await hangup(call.id, 'cancel');
        await env.restart();
        await create(call);
        await env.advance(0);
        assert.equal((await get(call.id)).state, 'ended');
      });
    });

    describe('hanging up,', () => {
      it('ends a ringing call, says that it rang, and confirms the end with our reason', async () => {
        const call = await ringing();
        assert.equal(await hangup(call.id, 'answered_elsewhere'), 'ringing');
        await env.advance(0);
        assert.deepEqual(told(call.id), ['ringing', 'ended answered_elsewhere']);
        assert.equal((await get(call.id)).state, 'ended');
      });

      it('ends an answered call', async () => {
        const call = await answered();
        assert.equal(await hangup(call.id, 'cancel'), 'answered');
        await env.advance(0);
        assert.deepEqual(told(call.id), ['ringing', 'answered', 'ended cancel']);
      });

      it('finds an ended call ended, as often as it is asked, and leaves its reason', async () => {
        const call = await ringing();
        await env.hangUp(call.id, 'busy');
        assert.equal(await hangup(call.id, 'cancel'), 'ended');
        assert.equal(await hangup(call.id, 'dialout'), 'ended');
        await env.advance(0);
        assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason: 'busy' });
        assert.deepEqual(told(call.id), ['ringing', 'ended busy']);
      });

      it('does not know an unknown call, and never places it afterwards', async () => {
        const call = callTo(env.rings);
        assert.equal(await hangup(call.id, 'dialout'), 'unknown');
        assert.equal(await hangup(call.id, 'dialout'), 'unknown');
        await assert.rejects(create(call), CallRefusedError);
        await env.restart();
        await assert.rejects(create(call), CallRefusedError);
        await env.advance(60_000);
        assert.deepEqual(told(call.id), []);
        assert.equal((await get(call.id)).state, 'unknown');
        assert.equal((await liveIds(100)).includes(call.id), false);
      });

      it('does not claim that a call is over whose answer crossed the hangup: it is answered, and the next hangup ends it', async () => {
        const call = callTo(env.answersOnCancel);
        await create(call);
        await env.advance(0);
        assert.equal(await hangup(call.id, 'answered_elsewhere'), 'ringing');
        await env.advance(0);
        assert.deepEqual(told(call.id), ['ringing', 'answered']);
        assert.equal((await get(call.id)).state, 'answered');
        assert.equal(await hangup(call.id, 'answered_elsewhere'), 'answered');
        await env.advance(0);
        assert.deepEqual(told(call.id), ['ringing', 'answered', 'ended answered_elsewhere']);
        assert.equal((await get(call.id)).state, 'ended');
      });

      it('and placing at the same moment leaves either no call or an ended one', async () => {
        const calls = Array.from({ length: 20 }, () => callTo(env.rings));
        await Promise.all(
          calls.flatMap((call) => [
            create(call).catch((error: unknown) =>
              assert.ok(error instanceof CallRefusedError, String(error)),
            ),
            hangup(call.id, 'cancel'),
          ]),
        );
        await env.advance(0);
        const live = await liveIds(100);
        assert.deepEqual(
          calls.filter(({ id }) => live.includes(id)),
          [],
        );
      });
    });

    describe('left alone (we are dead),', () => {
      if (can.limitsRinging) {
        it('stops ringing after the ring timeout, not earlier', async () => {
          const call = await ringing({ ringTimeout: 2_000 });
          await env.advance(1_500);
          assert.equal((await get(call.id)).state, 'ringing');
          await env.advance(1_000);
          assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason: 'noanswer' });
          assert.deepEqual(told(call.id), ['ringing', 'ended noanswer']);
        });

        it('does so after a restart, too', async () => {
          const call = await ringing({ ringTimeout: 2_000 });
          await env.restart();
          await env.advance(3_000);
          assert.deepEqual(await get(call.id), { id: call.id, state: 'ended', reason: 'noanswer' });
          assert.deepEqual(told(call.id), ['ringing', 'ended noanswer']);
        });
      }

      if (can.limitsDuration) {
        it('ends an answered call after the maximal duration, not with the ring timeout', async () => {
          const call = await answered({ ringTimeout: 1_000, maxDuration: 3_000 });
          await env.advance(2_000);
          assert.equal((await get(call.id)).state, 'answered');
          await env.advance(2_000);
          assert.equal((await get(call.id)).state, 'ended');
          assert.deepEqual(told(call.id), ['ringing', 'answered', 'ended normal']);
        });
      }
    });

    describe('asked what there is,', () => {
      it('says of a call it never heard of that it is unknown', async () => {
        const id = randomUUID();
        assert.deepEqual(await get(id), { id, state: 'unknown' });
      });

      if (can.listsCalls) {
        it('lists live calls only, once each, in pages by id', async () => {
          const calls = await Promise.all([ringing(), ringing(), answered(), ringing(), ringing()]);
          const over = calls[3];
          await hangup(over.id, 'cancel');
          const mine = calls.filter((call) => call !== over).map(({ id }) => id);
          const listed = (await liveIds(2)).filter((id) => calls.some((call) => call.id === id));
          assert.deepEqual(listed, mine.sort());
        });
      }
    });

    describe('when the caller has stopped waiting,', () => {
      it('rejects, but not as a refusal, and the call can be placed or hung up again', async () => {
        const call = callTo(env.rings);
        const unknown = (error: unknown) => !(error instanceof CallRefusedError);
        await assert.rejects(env.gateway.createCall(call, AbortSignal.abort()), unknown);
        await create(call);
        await assert.rejects(env.gateway.hangupCall(call.id, 'cancel', AbortSignal.abort()), unknown);
        await assert.rejects(env.gateway.getCall(call.id, AbortSignal.abort()), unknown);
        await hangup(call.id, 'cancel');
        assert.equal((await get(call.id)).state, 'ended');
      });
    });
  });
}

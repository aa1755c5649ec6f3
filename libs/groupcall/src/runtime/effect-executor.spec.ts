import type { EventBus } from '@nestjs/cqrs';
import { InMemoryDatabase, InMemoryDialLedger, ManualClock } from '../adapters/in-memory/index.js';
import type { Effect } from '../domain/effect.js';
import type { LegState } from '../domain/tree-state.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { resolveOptions, type GroupcallModuleOptions } from '../groupcall.options.js';
import { CallRefusedError, type CallGateway, type GatewayCallState } from '../ports/call-gateway.port.js';
import { NoDirectory } from '../ports/destination-resolver.port.js';
import type { ClaimedEffect } from '../ports/effect-outbox.port.js';
import { NoEventSink } from '../ports/groupcall-event-sink.port.js';
import { DialsHeldBack } from './dial-breaker.js';
import { DialGuard } from './dial-guard.js';
import { EffectExecutor } from './effect-executor.js';
import type { GroupcallRuntime } from './groupcall-runtime.js';
import { RealTimers } from './real-timers.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const ROOT = 'root';
const address = { type: 'tel', target: '+15551230001', target_name: '', name: '', detail: '' } as const;

function setting(remembered?: LegState, change: Partial<GroupcallModuleOptions> = {}) {
  const clock = new ManualClock(1_000);
  const asked: string[] = [];
  const told: string[] = [];
  const far = { create: async () => undefined as void, hangup: 'ringing' as GatewayCallState };
  const gateway = {
    createCall: async ({ id }: { id: string }) => {
      asked.push(`dial ${id}`);
      await far.create();
    },
    hangupCall: async (id: string, reason: string) => {
      asked.push(`hangup ${id} ${reason}`);
      return far.hangup;
    },
  } as unknown as CallGateway;
  const runtime = {
    peekLeg: () => remembered,
    tell: (command: TreeCommand, done: () => void) => {
      told.push('outcome' in command ? `${command.type} ${command.outcome}` : command.type);
      done();
    },
  } as unknown as GroupcallRuntime;
  const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' }, ...change });
  const metrics = new RuntimeMetrics();
  const bus = { publish: () => undefined } as unknown as EventBus;
  const executor = new EffectExecutor(
    runtime,
    gateway,
    new NoDirectory(),
    new NoEventSink(),
    bus,
    clock,
    new RealTimers(),
    new DialGuard(new InMemoryDialLedger(new InMemoryDatabase(clock)), clock, metrics, options),
    options,
  );
  return { clock, asked, told, far, executor, metrics };
}

const legWith = (change: Partial<LegState>): LegState => ({
  id: 'leg',
  groupcallId: ROOT,
  customerId: 'customer',
  source: address,
  destination: address,
  destinationIndex: 0,
  status: 'planned',
  hangupReason: '',
  hangupBy: '',
  tmCreate: 1_000,
  tmDial: null,
  tmRinging: null,
  tmAnswer: null,
  tmHangup: null,
  dialDeadline: 31_000,
  ...change,
});

function claimed(effect: Effect, leg: LegState, claimNo = 1): ClaimedEffect {
  return {
    id: '1',
    rootId: ROOT,
    customerId: 'customer',
    effect,
    attempts: 0,
    claimNo,
    claimUntil: 6_000,
    createdAt: 1_000,
    leg,
  };
}
const dial: Effect = { kind: 'dial', lane: 'leg', legId: 'leg' };
const hangup: Effect = { kind: 'hangup', lane: 'leg', legId: 'leg', reason: 'answered_elsewhere' };

describe('EffectExecutor', () => {
  it('places a planned leg and tells the tree', async () => {
    const { executor, asked, told } = setting();
    await executor.execute(claimed(dial, legWith({})));
    expect([asked, told]).toEqual([['dial leg'], ['handle_dial_outcome accepted']]);
  });

  it('dials nobody whom the policy does not allow, whoever asked for it: the leg ends as rejected', async () => {
    const dialPolicy = { telPrefixes: ['+49'] };
    const { executor, asked, told, metrics } = setting(undefined, { dialPolicy });
    await executor.execute(claimed(dial, legWith({})));
    expect([asked, told, metrics.dialsForbidden]).toEqual([[], ['handle_dial_outcome forbidden'], 1]);
  });

  it('dials a number no more than so often within a minute, and counts a repeated order once', async () => {
    const { executor, asked, told, clock, metrics } = setting(undefined, {
      limits: { legsPerNumberPerMinute: 2 },
    });
    const order = (id: string) =>
      executor.execute(claimed({ ...dial, legId: id }, legWith({ id, dialDeadline: 90_000 })));
    for (const id of ['one', 'one', 'two', 'three']) await order(id);
    expect(asked).toEqual(['dial one', 'dial one', 'dial two']);
    expect(told.at(-1)).toBe('handle_dial_outcome forbidden');
    expect(metrics.dialsOverRate).toBe(1);
    await clock.advance(60_000);
    await order('four');
    expect(asked.at(-1)).toBe('dial four');
  });

  it('holds back what is too much for this second, and says until when', async () => {
    const { executor, asked, clock, metrics } = setting(undefined, { limits: { legsPerSecond: 2 } });
    const order = (id: string) => executor.execute(claimed({ ...dial, legId: id }, legWith({ id })));
    await order('one');
    await clock.advance(400);
    await order('two');
    await expect(order('three')).rejects.toMatchObject({ name: 'DialsHeldBack', retryAfter: 600 });
    expect([asked, metrics.dialsPaced]).toEqual([['dial one', 'dial two'], 1]);
    await clock.advance(600);
    await order('three');
    expect(asked.at(-1)).toBe('dial three');
  });

  it('tells the tree that a dial was refused for ever', async () => {
    const { executor, told, far } = setting();
    far.create = () => Promise.reject(new CallRefusedError('no such number'));
    await executor.execute(claimed(dial, legWith({})));
    expect(told).toEqual(['handle_dial_outcome refused']);
  });

  it('takes every other failure of the gateway for "unknown": nothing is told, the dial is tried again', async () => {
    const { executor, told, far } = setting();
    far.create = () => Promise.reject(new Error('500'));
    await expect(executor.execute(claimed(dial, legWith({})))).rejects.toThrow('500');
    expect(told).toEqual([]);
  });

  it.each(['dialing', 'ringing', 'progressing', 'hangup'] as const)(
    'does not dial a leg that is %s',
    async (status) => {
      const { executor, asked, told } = setting();
      await executor.execute(claimed(dial, legWith({ status })));
      expect([asked, told]).toEqual([[], []]);
    },
  );

  it('does not dial a leg whose ring time has run out', async () => {
    const { executor, asked } = setting();
    await executor.execute(claimed(dial, legWith({ dialDeadline: 1_000 })));
    expect(asked).toEqual([]);
  });

  it('never places a leg that was given up before its first try, and ends it', async () => {
    const { executor, asked, told } = setting();
    await executor.execute(claimed(dial, legWith({ status: 'hangingup' })));
    expect([asked, told]).toEqual([[], ['handle_dial_outcome never_placed']]);
  });

  it.each([
    ['the claim read that it was given up and memory is behind', 'planned', 'hangingup'],
    ['memory knows that it was given up and the claim is behind', 'hangingup', 'planned'],
  ] as const)('does not place a leg when %s', async (_title, inMemory, read) => {
    const { executor, asked } = setting(legWith({ status: inMemory }));
    await executor.execute(claimed(dial, legWith({ status: read })));
    expect(asked).toEqual([]);
  });

  it('leaves a leg that was given up after a try to its hangup: another process may have placed the call', async () => {
    const { executor, asked, told } = setting();
    await executor.execute(claimed(dial, legWith({ status: 'hangingup' }), 2));
    expect([asked, told]).toEqual([[], []]);
  });

  it('holds dials back when the gateway keeps failing, and never a hangup', async () => {
    const { executor, asked, far } = setting();
    far.create = () => Promise.reject(new Error('500'));
    for (let time = 0; time < 10; time += 1) {
      await expect(executor.execute(claimed(dial, legWith({})))).rejects.toThrow('500');
    }
    await expect(executor.execute(claimed(dial, legWith({})))).rejects.toThrow(DialsHeldBack);
    await executor.execute(claimed(hangup, legWith({ status: 'hangingup', tmDial: 1_000 })));
    expect(asked.at(-1)).toBe('hangup leg answered_elsewhere');
  });

  it('ends a leg that the gateway does not know or has ended: no notification will come', async () => {
    const { executor, told, far } = setting();
    for (far.hangup of ['unknown', 'ended', 'ringing'] as const) {
      await executor.execute(claimed(hangup, legWith({ status: 'hangingup', tmDial: 1_000 })));
    }
    expect(told).toEqual(['handle_dial_outcome never_placed', 'handle_hangup']);
  });

  it('has nothing to hang up when the leg was never placed', async () => {
    const { executor, asked } = setting();
    await executor.execute(claimed(hangup, legWith({ status: 'hangup' })));
    expect(asked).toEqual([]);
  });

  it('hangs up again when such a leg answers after all', async () => {
    const { executor, asked } = setting();
    await executor.execute(claimed({ ...hangup, again: true }, legWith({ status: 'hangup' })));
    expect(asked).toEqual(['hangup leg answered_elsewhere']);
  });
});

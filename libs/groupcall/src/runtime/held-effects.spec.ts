import type { Effect } from '../domain/effect.js';
import { resolveOptions } from '../groupcall.options.js';
import type { BundleReceipt, ClaimedEffect, EffectOutbox, GivenBack } from '../ports/effect-outbox.port.js';
import { AgendaClock, AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import { BundleReceipts } from './bundle-receipts.js';
import type { EffectExecutor, EffectRun } from './effect-executor.js';
import { HeldEffects } from './held-effects.js';
import { OutboxSignal } from './outbox-signal.js';
import { RuntimeMetrics } from './runtime-metrics.js';

interface Begun {
  readonly claimed: ClaimedEffect;
  readonly run: EffectRun;
}

function begin(onStart: (begun: Begun) => void = () => undefined) {
  const agenda = new Agenda(1_000_000);
  const begun: Begun[] = [];
  const released: string[] = [];
  const givenBack: GivenBack[] = [];
  const renewals: (() => void)[] = [];
  const outbox = {
    release: async (_: string, bundles: readonly BundleReceipt[]) => {
      for (const { rootId, version } of bundles) released.push(`${rootId}/${version}`);
    },
    giveBack: async (_: string, effects: readonly GivenBack[]) => void givenBack.push(...effects),
    renew: (_: string, bundles: readonly BundleReceipt[]) =>
      new Promise<readonly BundleReceipt[]>((resolve) => renewals.push(() => resolve(bundles))),
  } as unknown as EffectOutbox;
  const executor = {
    hasAudience: true,
    start: (claimed: ClaimedEffect, run: EffectRun) => {
      begun.push({ claimed, run });
      onStart(begun.at(-1)!);
    },
  } as unknown as EffectExecutor;
  const timers = new AgendaTimers(agenda);
  const metrics = new RuntimeMetrics();
  const signal = new OutboxSignal();
  const held = new HeldEffects(
    outbox,
    executor,
    new BundleReceipts(outbox, { name: 'me' }, timers),
    signal,
    new AgendaClock(agenda),
    { name: 'me' },
    metrics,
    timers,
    resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' } }),
  );
  held.start();
  const take = (rootId: string, effects: readonly Effect[], version = 1) => {
    const hold = held.hold()!;
    held.take(
      {
        rootId,
        customerId: 'c',
        version,
        effects,
        legs: new Map(),
        heldUntil: hold.until,
        createdAt: hold.now,
      },
      hold.commitNo,
    );
    return hold;
  };
  const pass = (ms: number) => agenda.run(agenda.now + ms);
  return { held, begun, released, givenBack, renewals, metrics, take, pass };
}

const dial = (legId: string): Effect => ({ kind: 'dial', lane: legId, legId });
const hangup = (legId: string): Effect => ({
  kind: 'hangup',
  lane: legId,
  legId,
  reason: 'answered_elsewhere',
});
const kinds = (begun: readonly Begun[]) =>
  begun.map(({ claimed: { effect } }) => `${effect.kind} ${effect.lane}`);

describe('Effects that a process holds', () => {
  it('run side by side, those of a lane one after the other, also when they are over at once', async () => {
    const { begun, take, released, metrics, pass } = begin(({ claimed, run }) => {
      if (claimed.effect.lane === 'quick') run.done();
    });
    take('tree', [dial('anna'), dial('quick'), hangup('quick'), hangup('anna')]);
    expect(kinds(begun)).toEqual(['dial anna', 'dial quick', 'hangup quick']);
    begun[0].run.done();
    expect(kinds(begun).at(-1)).toBe('hangup anna');
    await pass(100);
    expect(released).toEqual([]);
    begun[3].run.done();
    await pass(100);
    expect([released, metrics.effectsDone]).toEqual([['tree/1'], 4]);
  });

  it('are 400 of a kind at a time; who is only still to be told of gives up his place, once', async () => {
    const { begun, take, pass } = begin();
    take(
      'tree',
      Array.from({ length: 410 }, (_, index) => dial(`${index}`)),
    );
    expect(begun).toHaveLength(400);
    begun[0].run.asked();
    begun[0].run.asked();
    await pass(1);
    expect(begun).toHaveLength(401);
    begun[0].run.done();
    await pass(1);
    expect(begun).toHaveLength(401);
    for (const { run } of begun.slice(1, 401)) run.done();
    await pass(1);
    expect(begun).toHaveLength(410);
  });

  it('are given back with all that is behind them in their lane when one fails, whatever is said of it later', async () => {
    const { begun, take, givenBack, held, pass } = begin();
    take('tree', [dial('anna'), hangup('anna'), dial('bob')]);
    begun[0].run.failed(new Error('no line'));
    begun[0].run.done();
    await pass(1);
    expect(givenBack.map(({ ordinal, error }) => [ordinal, error])).toEqual([
      [0, 'Error: no line'],
      [1, null],
    ]);
    begun[1].run.done();
    await expect(held.whenIdle()).resolves.toBeUndefined();
  });

  it('are given back when they cannot even be begun', async () => {
    const { take, givenBack, held, pass } = begin(() => {
      throw new Error('a defect');
    });
    take('tree', [dial('anna')]);
    await pass(1);
    expect(givenBack).toMatchObject([{ ordinal: 0, error: 'Error: a defect' }]);
    await expect(held.whenIdle()).resolves.toBeUndefined();
  });

  it('are forgotten with a later commit of the process', async () => {
    const { begun, take, released, held, pass } = begin();
    take('tree', [dial('anna')]);
    begun[0].run.done();
    const hold = held.hold()!;
    expect(hold.done).toMatchObject([{ rootId: 'tree', version: 1 }]);
    expect(hold.known('tree')).toEqual([1]);
    hold.settled(true);
    expect(hold.known('tree')).toEqual([]);
    await pass(1_000);
    expect(released).toEqual([]);
  });

  it('are forgotten without a commit that takes too long', async () => {
    const { begun, take, released, held, pass } = begin();
    take('tree', [dial('anna')]);
    begun[0].run.done();
    const hold = held.hold()!;
    await pass(200);
    expect(released).toEqual(['tree/1']);
    hold.settled(false);
    await pass(200);
    expect(hold.known('tree')).toEqual([]);
  });

  it('are not forgotten while their hold is being renewed, but after that', async () => {
    const { begun, take, released, renewals, held, pass } = begin();
    take('tree', [dial('anna')]);
    await pass(2_500);
    expect(renewals).toHaveLength(1);
    begun[0].run.done();
    await pass(500);
    expect([released, held.hold()!.done]).toEqual([[], []]);
    renewals[0]();
    await pass(100);
    expect(released).toEqual(['tree/1']);
  });

  it('are forgotten before a process has stopped, a renewal or not', async () => {
    const { begun, take, released, renewals, held, pass } = begin();
    take('tree', [dial('anna')]);
    await pass(2_500);
    begun[0].run.done();
    const stopped = held.stop();
    renewals[0]();
    await stopped;
    expect(released).toEqual(['tree/1']);
  });
});

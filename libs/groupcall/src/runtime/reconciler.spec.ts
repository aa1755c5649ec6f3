import { Logger } from '@nestjs/common';
import { ManualClock } from '../adapters/in-memory/index.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { resolveOptions } from '../groupcall.options.js';
import type { CallGateway, GatewayCall } from '../ports/call-gateway.port.js';
import type { AuditedLeg, LegPlace } from '../ports/leg-audit.port.js';
import { AgendaClock, AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import type { GroupcallRuntime } from './groupcall-runtime.js';
import { RealTimers } from './real-timers.js';
import { Reconciler } from './reconciler.js';
import { RuntimeMetrics } from './runtime-metrics.js';

const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' } });
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** A gateway with orphans: calls that nothing committed wants. */
function setting(count: number) {
  const calls = Array.from({ length: count }, (_, index): GatewayCall => ({
    id: idOf(index + 1),
    state: 'ringing',
  }));
  const hungUp: string[] = [];
  const broken = new Set<string>();
  const gateway = {
    listCalls: ({ after, limit }: { after: string; limit: number }) =>
      Promise.resolve(calls.filter(({ id }) => id > after).slice(0, limit)),
    hangupCall: (id: string) => {
      if (broken.has(id)) return Promise.reject(new Error(`call ${id} is broken`));
      hungUp.push(id);
      return Promise.resolve('ringing' as const);
    },
  };
  /** What the database was asked for. */
  const asked: string[] = [];
  const audit = {
    find: (ids: readonly string[]) => {
      asked.push(...ids);
      return Promise.resolve([]);
    },
    placed: (_before: number, _after: LegPlace | null, _limit: number) => Promise.resolve<AuditedLeg[]>([]),
  };
  const reconciler = new Reconciler(
    {} as GroupcallRuntime,
    audit,
    gateway as unknown as CallGateway,
    new ManualClock(),
    new RuntimeMetrics(),
    new RealTimers(),
    options,
  );
  return { calls, gateway, audit, asked, hungUp, broken, reconciler };
}

describe('The reconciler', () => {
  it('asks a gateway that lists no calls for its legs only', async () => {
    const { audit, gateway, hungUp, reconciler } = setting(3);
    gateway.listCalls = () => Promise.reject(new Error('it cannot'));
    const legs: string[] = [];
    Object.assign(gateway, {
      capabilities: { listsCalls: false },
      getCall: (id: string) => {
        legs.push(id);
        return Promise.resolve({ id, state: 'unknown' as const });
      },
    });
    audit.placed = (_before, after) =>
      Promise.resolve(after ? [] : [{ rootId: 'root', id: idOf(9), status: 'ringing', hangupReason: '' }]);
    await reconciler.reconcile();
    expect([legs, hungUp]).toEqual([[idOf(9)], []]);
  });

  it('asks a gateway that lists no calls for each talk once a minute, and for one that it did not know in every look', async () => {
    const { audit, gateway, reconciler } = setting(0);
    const legs = Array.from({ length: 240 }, (_, index) => ({
      rootId: 'root',
      id: idOf(index),
      status: index < 120 ? ('progressing' as const) : ('ringing' as const),
      hangupReason: '' as const,
    }));
    audit.placed = (_before, after) => Promise.resolve(after ? [] : legs);
    const asked: string[] = [];
    Object.assign(gateway, {
      capabilities: { listsCalls: false },
      getCall: (id: string) => {
        asked.push(id);
        const { status } = legs.find((leg) => leg.id === id)!;
        const state = status === 'progressing' ? 'answered' : status;
        return Promise.resolve({ id, state: id === idOf(7) ? 'unknown' : state });
      },
    });
    const looksOf: number[][] = legs.map(() => []);
    for (let look = 0; look < 24; look += 1) {
      asked.length = 0;
      await reconciler.reconcile();
      for (const id of asked) looksOf[legs.findIndex((leg) => leg.id === id)].push(look);
      expect(asked.length).toBeLessThan(120 + 20);
    }
    for (const [index, looks] of looksOf.entries()) {
      if (index >= 120) expect(looks).toHaveLength(24);
      else if (index !== 7) expect(looks[1] - looks[0]).toBe(12);
    }
    const unknown = looksOf[7];
    expect(unknown).toHaveLength(24 - unknown[0]);
  });

  it('looks at all others when one call is broken', async () => {
    const { broken, calls, hungUp, reconciler } = setting(1_200);
    broken.add(idOf(3)).add(idOf(700));
    await reconciler.reconcile();
    expect(hungUp).toHaveLength(calls.length - 2);
  });

  it('gets past any number of calls that are broken for good', async () => {
    const { broken, calls, hungUp, reconciler } = setting(1_200);
    for (let index = 1; index <= 350; index += 1) broken.add(idOf(index));
    for (let look = 0; look < 4; look += 1) await reconciler.reconcile();
    expect(new Set(hungUp)).toEqual(new Set(calls.map(({ id }) => id).filter((id) => !broken.has(id))));
  });

  it('looks at the legs although too many calls are broken', async () => {
    const { audit, broken, reconciler } = setting(300);
    for (let index = 1; index <= 300; index += 1) broken.add(idOf(index));
    const asked: unknown[] = [];
    audit.placed = (_before, after) => {
      asked.push(after);
      return Promise.resolve([]);
    };
    await reconciler.reconcile();
    expect(asked).toHaveLength(1);
  });

  describe('of calls whose ids are no UUIDs', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    beforeEach(() => warn.mockReset().mockReturnValue());
    afterAll(() => warn.mockRestore());

    it('neither asks the database nor hangs them up, and tells of all of them in one line', async () => {
      const { asked, calls, gateway, hungUp, reconciler } = setting(600);
      const strangers = ["x'; --\n", '', 'z'.repeat(100_000), 7, undefined] as string[];
      const listed = [...calls, ...strangers.map((id): GatewayCall => ({ id, state: 'ringing' }))];
      gateway.listCalls = ({ after, limit }) => {
        const start = listed.findIndex(({ id }) => String(id) === after) + 1;
        return Promise.resolve(listed.slice(start, start + limit));
      };
      await reconciler.reconcile();
      expect(hungUp).toEqual(calls.map(({ id }) => id));
      expect(asked).toEqual(hungUp);
      expect(warn.mock.calls).toEqual([
        [
          "The gateway lists 5 calls whose ids are no UUIDs: they are not ours and are left alone. The first: x'; -- ",
        ],
      ]);
    });

    it('knows ours however they are written', async () => {
      const { asked, calls, reconciler } = setting(0);
      calls.push({ id: 'ABCDEF00-0000-4000-8000-000000000001', state: 'ringing' });
      await reconciler.reconcile();
      expect(asked).toEqual(['abcdef00-0000-4000-8000-000000000001']);
      expect(warn).not.toHaveBeenCalled();
    });
  });

  it('begins no further page when the process ends', async () => {
    const { hungUp, gateway, reconciler } = setting(1_200);
    const ending = new AbortController();
    const hangup = gateway.hangupCall;
    gateway.hangupCall = (id) => {
      ending.abort();
      return hangup(id);
    };
    await reconciler.reconcile(ending.signal);
    expect(hungUp).toHaveLength(20);
  });

  it('does not go round in circles with a gateway whose pages do not go on', async () => {
    const { gateway, calls, reconciler } = setting(10);
    gateway.listCalls = () => Promise.resolve(calls);
    await expect(reconciler.reconcile()).rejects.toThrow('must go on by id');
  });

  it('asks a gateway that lists no calls for every talk, however many other calls cannot be compared for good', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { audit, gateway, reconciler } = setting(0);
    const legs = Array.from({ length: 240 }, (_, index) => ({
      rootId: 'root',
      id: idOf(index),
      status: index % 6 === 5 ? ('progressing' as const) : ('hangingup' as const),
      hangupReason: '' as const,
    }));
    audit.placed = async (_before, after) => legs.filter(({ id }) => after === null || id > after.id);
    const talks = new Set<string>();
    Object.assign(gateway, {
      capabilities: { listsCalls: false },
      getCall: async (id: string) => {
        if (legs.some((leg) => leg.id === id && leg.status === 'hangingup'))
          throw new Error(`call ${id} is broken`);
        talks.add(id);
        return { id, state: 'answered' };
      },
    });
    for (let look = 0; look < 24; look += 1) await reconciler.reconcile();
    expect(talks.size).toBe(40);
    warn.mockRestore();
  });
});

describe('A leg that differs from its call', () => {
  const { reconcileGrace: GRACE } = options.timings;
  const START = Date.UTC(2026, 0, 1);

  const whenOf = ({ now }: Agenda) => (now >= START + GRACE ? 'after the grace' : 'at once');

  /** One call and its leg, by what is changed of them, and what the reconciler does. */
  function life(count = 1) {
    const agenda = new Agenda(START);
    const metrics = new RuntimeMetrics();
    const calls = new Map<string, GatewayCall>();
    const legs = new Map<string, AuditedLeg>();
    const done: string[] = [];
    const broken = new Set<string>();
    for (let index = 1; index <= count; index += 1) {
      const id = idOf(index);
      calls.set(id, { id, state: 'ringing' });
      legs.set(id, { rootId: 'root', id, status: 'dialing', hangupReason: '' });
    }
    const living = (after: string) =>
      [...calls.values()].filter(
        ({ id, state }) => id > after && (state === 'ringing' || state === 'answered'),
      );
    const gateway = {
      listCalls: async ({ after, limit }: { after: string; limit: number }) => living(after).slice(0, limit),
      getCall: async (id: string): Promise<GatewayCall> => calls.get(id) ?? { id, state: 'unknown' },
      hangupCall: async (id: string, reason: string) => {
        if (broken.has(id)) throw new Error(`call ${id} is broken`);
        const { state } = calls.get(id)!;
        done.push(`hang up ${id.slice(-1)}: ${reason}`);
        calls.set(id, { id, state: 'ended' });
        return state;
      },
    };
    const audit = {
      find: async (ids: readonly string[]) => ids.flatMap((id) => legs.get(id) ?? []),
      placed: async (_before: number, after: LegPlace | null) =>
        [...legs.values()].filter(({ id, status }) => id > (after?.id ?? '') && status !== 'hangup'),
    };
    const runtime = {
      send: async (command: TreeCommand) => void done.push(`${command.type} ${whenOf(agenda)}`),
    };
    const reconciler = new Reconciler(
      runtime as unknown as GroupcallRuntime,
      audit,
      gateway as unknown as CallGateway,
      new AgendaClock(agenda),
      metrics,
      new AgendaTimers(agenda),
      options,
    );
    const one = {
      call: (state: GatewayCall['state'], id = idOf(1)) => calls.set(id, { id, state }),
      leg: (status: AuditedLeg['status'], hangupReason: AuditedLeg['hangupReason'] = '', id = idOf(1)) =>
        legs.set(id, { rootId: 'root', id, status, hangupReason }),
    };
    /** Looks, lets `meanwhile` happen in the middle of the grace, and waits until nothing is left to look at. */
    const look = async (meanwhile: () => void = () => undefined) => {
      agenda.after(GRACE / 2, meanwhile);
      const looking = reconciler.reconcile();
      await agenda.run(agenda.now + GRACE);
      await looking;
    };
    return { ...one, agenda, broken, calls, done, gateway, legs, look, metrics, reconciler };
  }

  it('is told nothing when the news were on their way', async () => {
    const { call, done, leg, look, metrics } = life();
    await look(() => leg('ringing'));
    call('answered');
    await look(() => leg('progressing'));
    call('ended');
    await look(() => leg('hangup'));
    expect([done, metrics.reconciled, metrics.orphanCalls]).toEqual([[], 0, 0]);
  });

  it('is not told of an answer that was over before anybody could look again', async () => {
    const { call, done, leg, look } = life();
    leg('ringing');
    call('answered');
    await look(() => {
      call('ended');
      leg('hangup', 'normal');
    });
    expect(done).toEqual([]);
  });

  it.each([
    ['dialing', 'ringing', 'handle_ringing'],
    ['planned', 'answered', 'handle_answer'],
    ['ringing', 'answered', 'handle_answer'],
    ['progressing', 'ended', 'handle_hangup'],
  ] as const)('and stays at %s although it is %s is told so, once', async (status, state, told) => {
    const { call, done, leg, look, metrics } = life();
    leg(status);
    call(state);
    await look();
    expect([done, metrics.reconciled]).toEqual([[`${told} after the grace`], 1]);
  });

  it('since the gateway has forgotten the call is ended after the patience, and then forgotten here, too', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { agenda, calls, done, leg, look } = life();
    leg('ringing');
    calls.clear();
    while (agenda.now < START + options.timings.missingCallPatience) await look();
    expect(done).toEqual([]);
    await look();
    await look();
    await look();
    expect(done).toHaveLength(1);
    expect(done[0]).toMatch('handle_hangup');
    warn.mockRestore();
  });

  it('and has not moved is told how far the call has come meanwhile', async () => {
    const { call, done, look } = life();
    await look(() => call('answered'));
    expect(done).toEqual(['handle_answer after the grace']);
  });

  it('is left alone when it has moved, however far the call has come meanwhile', async () => {
    const { call, done, leg, look } = life();
    await look(() => {
      call('answered');
      leg('ringing');
    });
    expect(done).toEqual([]);
  });

  it('is not hung up when its hangup was on its way', async () => {
    const { call, done, leg, look, metrics } = life();
    leg('hangingup', 'dialout');
    await look(() => {
      call('ended');
      leg('hangup', 'dialout');
    });
    expect([done, metrics.orphanCalls]).toEqual([[], 0]);
  });

  it.each(['hangingup', 'hangup'] as const)('and lives on although it is %s is hung up', async (status) => {
    const { done, leg, look, metrics } = life();
    leg(status, 'dialout');
    await look();
    expect([done, metrics.orphanCalls]).toEqual([['hang up 1: dialout'], 1]);
  });

  it('is looked at again although the gateway cannot list what comes behind it', async () => {
    const { done, gateway, reconciler, agenda } = life();
    const { listCalls } = gateway;
    gateway.listCalls = async (page) => {
      if (page.after === idOf(1)) throw new Error('the second page is broken');
      return listCalls(page);
    };
    const looking = expect(reconciler.reconcile()).rejects.toThrow('the second page is broken');
    await agenda.run(agenda.now + GRACE);
    await looking;
    expect(done).toEqual(['handle_ringing after the grace']);
  });

  it('is reached however many others cannot be hung up for good', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { broken, calls, done, leg, look } = life(600);
    for (const id of calls.keys()) leg('hangup', 'dialout', id);
    for (let index = 1; index <= 350; index += 1) broken.add(idOf(index));
    for (let times = 0; times < 4; times += 1) await look();
    expect(done).toHaveLength(250);
    warn.mockRestore();
  });

  it('keeps no process from ending', async () => {
    const { agenda, done, reconciler } = life();
    const ending = new AbortController();
    const looking = reconciler.reconcile(ending.signal);
    await agenda.run(agenda.now + 1);
    ending.abort();
    await looking;
    expect(done).toEqual([]);
  });
});

import { Logger } from '@nestjs/common';
import { ManualClock } from '../adapters/in-memory/index.js';
import { resolveOptions } from '../groupcall.options.js';
import type { CallGateway, GatewayCall } from '../ports/call-gateway.port.js';
import type { AuditedLeg, LegPlace } from '../ports/leg-audit.port.js';
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
});

import { AgendaClock, AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import type { BundleReceipt, EffectOutbox, HeldBundle } from '../ports/effect-outbox.port.js';
import { OutboxSignal, type EffectTaker } from './outbox-signal.js';
import { RESERVED, ReservedBundles } from './reserved-bundles.js';

const START = 1_000_000;
const LEASE = 30_000;

function begin() {
  const agenda = new Agenda(START);
  const since = () => agenda.now - START;
  const asked: { at: number; names: string[] }[] = [];
  const taken: { at: number; name: string; heldUntil: number; commitNo: number }[] = [];
  const nudges: number[] = [];
  let free: (rootId: string) => boolean | Error = () => true;
  const outbox = {
    hold: async (_: unknown, bundles: readonly BundleReceipt[]) => {
      asked.push({ at: since(), names: bundles.map(({ rootId }) => rootId) });
      return bundles.filter(({ rootId }) => {
        const answer = free(rootId);
        if (answer instanceof Error) throw answer;
        return answer;
      });
    },
  } as unknown as EffectOutbox;
  const signal = new OutboxSignal();
  const clock = new AgendaClock(agenda);
  const reserved = new ReservedBundles(outbox, signal, clock, new AgendaTimers(agenda));
  let commitNo = 0;
  const taker: EffectTaker = {
    hold: () => {
      commitNo += 1;
      return { owner: 'mine', now: agenda.now, until: agenda.now + LEASE, known: () => [], commitNo };
    },
    take: ({ rootId, heldUntil }, no) => taken.push({ at: since(), name: rootId, heldUntil, commitNo: no }),
    reserve: (bundle) => reserved.add(bundle),
  };
  signal.onHeld(taker);
  signal.onNudge(() => nudges.push(since()));
  const add = (rootId: string) =>
    signal.reserve({
      rootId,
      version: 2,
      customerId: 'customer',
      effects: [],
      legs: new Map(),
      createdAt: agenda.now,
      heldUntil: agenda.now + RESERVED,
    } satisfies HeldBundle);
  return {
    ...{ agenda, asked, taken, nudges, reserved, signal, add },
    isFree: (next: typeof free) => (free = next),
    pass: (ms: number) => agenda.run(agenda.now + ms),
  };
}

describe('bundles that another process was in front of', () => {
  it('are tried together, and taken with the number of that very attempt', async () => {
    const { add, asked, taken, pass, reserved, nudges } = begin();
    add('a');
    add('b');
    await pass(50);
    expect(asked).toEqual([{ at: 10, names: ['a', 'b'] }]);
    expect(taken.map(({ name, commitNo }) => [name, commitNo])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    // As long as any other hold, not only as long as they were kept.
    expect(taken[0].heldUntil).toBe(START + 10 + LEASE);
    expect(nudges).toEqual([]);
    await expect(reserved.whenIdle()).resolves.toBeUndefined();
  });

  it('are tried again until they are free, and those that come later as well', async () => {
    const { add, taken, pass, isFree, agenda } = begin();
    isFree((name) => name === 'late' || agenda.now >= START + 35);
    add('a');
    agenda.after(12, () => add('late'));
    await pass(100);
    expect(taken.map(({ name, at }) => [name, at])).toEqual([
      ['late', 20],
      ['a', 40],
    ]);
  });

  it('are left to whoever comes first when they are not free in time', async () => {
    const { add, taken, nudges, asked, pass, isFree } = begin();
    isFree(() => false);
    add('a');
    await pass(1_000);
    expect(taken).toEqual([]);
    expect(nudges).toEqual([RESERVED]);
    expect(asked.at(-1)!.at).toBeLessThanOrEqual(RESERVED);
  });

  it('survive a database that does not answer, and are not asked for by a process that has stopped', async () => {
    const { add, taken, asked, nudges, pass, isFree, agenda, signal, reserved } = begin();
    isFree(() => (agenda.now < START + 25 ? new Error('away') : true));
    add('a');
    await pass(100);
    expect(taken.map(({ at }) => at)).toEqual([30]);
    add('b');
    signal.onHeld(null);
    const before = asked.length;
    const idle = reserved.whenIdle();
    await pass(1_000);
    await idle;
    expect({ asked: asked.length, taken: taken.length, nudges: nudges.length }).toEqual({
      asked: before,
      taken: 1,
      nudges: 1,
    });
  });
});

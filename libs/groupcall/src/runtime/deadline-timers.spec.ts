import { AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import { Clock } from '../ports/clock.port.js';
import { DeadlineTimers } from './deadline-timers.js';

/** A process whose estimate of the judge's time may be wrong. */
class SkewedClock extends Clock {
  skew = 0;
  reads = 0;
  latency = 0;
  failing = false;

  constructor(private readonly agenda: Agenda) {
    super();
  }

  override now(): number {
    return this.agenda.now + this.skew;
  }

  override read(): Promise<number> {
    this.reads += 1;
    const { now } = this.agenda;
    return new Promise((resolve, reject) => {
      this.agenda.after(this.latency, () => (this.failing ? reject(new Error('away')) : resolve(now)));
    });
  }
}

function begin() {
  const agenda = new Agenda(1_000_000);
  const clock = new SkewedClock(agenda);
  const timers = new DeadlineTimers(clock, new AgendaTimers(agenda));
  const told: { rootIds: readonly string[]; at: number; now: number }[] = [];
  const since = (moment: number) => moment - 1_000_000;
  timers.start(async (rootIds, now) => void told.push({ rootIds, at: since(agenda.now), now: since(now) }));
  return {
    agenda,
    clock,
    timers,
    told,
    set: (rootId: string, ms: number | null) => timers.set(rootId, ms === null ? null : 1_000_000 + ms),
    pass: (ms: number) => agenda.run(agenda.now + ms),
  };
}

describe('the timers of deadlines', () => {
  it('wake each tree at its very deadline, in whichever order they were set', async () => {
    const { set, pass, told } = begin();
    set('late', 900);
    set('early', 100);
    set('middle', 500);
    await pass(2_000);
    expect(told.map(({ rootIds, at }) => [...rootIds, at])).toEqual([
      ['early', 100],
      ['middle', 500],
      ['late', 900],
    ]);
  });

  it('ask the judge once for all who are due, and tell them in one go', async () => {
    const { set, pass, told, clock } = begin();
    const many = Array.from({ length: 1_000 }, (_, index) => `tree ${index}`);
    for (const rootId of many) set(rootId, 100);
    await pass(200);
    expect(told.map(({ rootIds }) => rootIds.length)).toEqual([1_000]);
    expect(clock.reads).toBe(1);
  });

  it('take together what falls due while the judge is slow', async () => {
    const { set, pass, told, clock } = begin();
    clock.latency = 40;
    for (let ms = 1; ms <= 100; ms += 1) set(`tree ${ms}`, ms);
    await pass(500);
    expect(told.flatMap(({ rootIds }) => rootIds)).toHaveLength(100);
    expect(clock.reads).toBeLessThanOrEqual(5);
    expect(told.every(({ rootIds, now }) => rootIds.every((id) => Number(id.slice(5)) <= now))).toBe(true);
  });

  it('follow a deadline that moves, and forget one that is gone', async () => {
    const { set, pass, told, timers } = begin();
    set('moves', 100);
    set('moves', 300);
    set('gone', 200);
    set('gone', null);
    await pass(1_000);
    expect(told).toEqual([{ rootIds: ['moves'], at: 300, now: 300 }]);
    expect(timers.size).toBe(0);
  });

  it('are never early, however much the own estimate is ahead, and do not pester the judge meanwhile', async () => {
    const { set, pass, told, clock } = begin();
    clock.skew = 60_000;
    set('tree', 30_000);
    await pass(40_000);
    expect(told).toEqual([{ rootIds: ['tree'], at: 30_000, now: 30_000 }]);
    expect(clock.reads).toBe(2);
  });

  it('ask again when the judge does not answer', async () => {
    const { set, pass, told, clock } = begin();
    clock.failing = true;
    set('tree', 100);
    await pass(500);
    clock.failing = false;
    await pass(1_000);
    expect(told).toEqual([{ rootIds: ['tree'], at: 1_100, now: 1_100 }]);
  });

  it('hold no more than what is still true, however often deadlines move', async () => {
    const { set, timers, pass, told } = begin();
    for (let round = 0; round < 10_000; round += 1) set(`tree ${round % 3}`, 10_000 + round);
    expect(timers.size).toBe(3);
    expect((timers as unknown as { heap: { size: number } }).heap.size).toBeLessThan(2_000);
    await pass(30_000);
    expect(told.flatMap(({ rootIds }) => rootIds).sort()).toEqual(['tree 0', 'tree 1', 'tree 2']);
  });

  it('time nothing before they are started, and nothing after they are stopped', async () => {
    const { agenda, clock, set, pass, told, timers } = begin();
    const idle = new DeadlineTimers(clock, new AgendaTimers(agenda));
    idle.set('tree', 1_000_100);
    set('tree', 100);
    await timers.stop();
    set('tree', 200);
    await pass(1_000);
    expect([told, idle.size, timers.size, clock.reads]).toEqual([[], 0, 0, 0]);
  });

  it('stop when everybody who was due has been told', async () => {
    const agenda = new Agenda(0);
    const timers = new DeadlineTimers(new SkewedClock(agenda), new AgendaTimers(agenda));
    const done: string[] = [];
    let finish = () => {};
    timers.start(() => new Promise<void>((resolve) => (finish = resolve)).then(() => void done.push('told')));
    timers.set('tree', 10);
    await agenda.run(50);
    const stopping = timers.stop().then(() => done.push('stopped'));
    await agenda.run(100);
    expect(done).toEqual([]);
    finish();
    await stopping;
    expect(done).toEqual(['told', 'stopped']);
  });
});

import { ManualClock } from '../adapters/in-memory/manual-clock.js';
import { resolveOptions } from '../groupcall.options.js';
import { AlarmClock } from '../ports/alarm-clock.port.js';
import { answers, create, given, passes, phone, rings, type Scenario } from '../testing/scenario/index.js';
import { AlarmSetter } from './alarm-setter.js';
import type { DeadlineTimers } from './deadline-timers.js';

class NotedAlarms extends AlarmClock {
  readonly moments: number[] = [];
  answer: () => Promise<boolean> = async () => true;

  override arm(_rootId: string, at: number): Promise<boolean> {
    this.moments.push(at);
    return this.answer();
  }
  override async start(): Promise<void> {}
  override async stop(): Promise<void> {}
}

const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' } });

function begin() {
  const queue = new NotedAlarms();
  const timed: (number | null)[] = [];
  const deadlines = { set: (_: string, at: number | null) => timed.push(at) } as unknown as DeadlineTimers;
  const ringing = given(create([phone('anna'), phone('bob')]));
  const clock = new ManualClock(ringing.now);
  const setter = new AlarmSetter(queue, deadlines, clock, options);
  const treeAfter = (ms: number) => given(passes(ms), create([phone('anna')])).state;
  return { queue, timed, setter, clock, ringing, treeAfter };
}

const bucketOf = (deadline: number) => Math.ceil(deadline / 250) * 250;
const deadlineOf = ({ state }: Scenario) => [...state.legs.values()][0].dialDeadline;

describe('the alarm of a tree', () => {
  it('is timed to the millisecond, and set in the queue for the end of its span of time', () => {
    const { queue, timed, setter, ringing } = begin();
    setter.set(ringing.state, given().state);
    expect(timed).toEqual([deadlineOf(ringing)]);
    expect(queue.moments).toEqual([bucketOf(deadlineOf(ringing))]);
  });

  it('is set once for all trees of the same span of time', () => {
    const { queue, timed, setter, treeAfter } = begin();
    for (let ms = 1; ms <= 1_000; ms += 1) setter.set(treeAfter(ms));
    expect(timed).toHaveLength(1_000);
    expect(queue.moments.length).toBeLessThanOrEqual(5);
    expect(new Set(queue.moments).size).toBe(queue.moments.length);
  });

  it('is set by whoever has committed its deadline, and by nobody else', () => {
    const { queue, timed, setter, ringing } = begin();
    setter.set(ringing.when(rings('anna')).state, ringing.state);
    expect([timed, queue.moments]).toEqual([[], []]);
  });

  it('is set again when nobody knows whether it was', () => {
    const { queue, setter, ringing } = begin();
    setter.set(ringing.state, undefined);
    expect(queue.moments).toHaveLength(1);
  });

  it('is not removed from the queue when nothing rings any more', () => {
    const { queue, timed, setter, ringing } = begin();
    setter.set(ringing.state, given().state);
    setter.set(ringing.when(answers('anna')).state, ringing.state);
    expect(timed.at(-1)).toBeNull();
    expect(queue.moments).toHaveLength(1);
  });

  it('of a deadline that has passed is set for the next moment to come', async () => {
    const { queue, setter, ringing, clock } = begin();
    await clock.advance(3_600_000);
    setter.set(ringing.state);
    expect(queue.moments).toEqual([bucketOf(clock.now() + 1)]);
  });

  it.each([
    ['refuses', async () => false],
    ['fails', async () => Promise.reject(new Error('away'))],
  ])('is tried again with the next tree of its span of time when the queue %s', async (_, answer) => {
    const { queue, setter, ringing } = begin();
    queue.answer = answer;
    setter.set(ringing.state);
    await new Promise((resolve) => setImmediate(resolve));
    queue.answer = async () => true;
    setter.set(ringing.state);
    setter.set(ringing.state);
    expect(queue.moments).toHaveLength(2);
  });

  it('is remembered no longer than until it has rung', async () => {
    const { setter, clock, treeAfter } = begin();
    for (let round = 0; round < 5_000; round += 1) {
      setter.set(treeAfter(round * 250));
      await clock.advance(250);
    }
    const { armed } = setter as unknown as { armed: Set<number> };
    expect(armed.size).toBeLessThanOrEqual(1_000);
  });
});

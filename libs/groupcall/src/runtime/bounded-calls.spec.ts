import type { Timers } from '../ports/timers.port.js';
import { BoundedCalls } from './bounded-calls.js';

/** Timers that run out by hand. */
function stoppedTimers() {
  const running = new Set<() => void>();
  const timers = {
    after(_ms: number, work: () => void) {
      running.add(work);
      return () => void running.delete(work);
    },
  } as Timers;
  return { timers, running };
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

/** Beyond so many listeners Node warns, 0: never. A test hears no warnings, and getMaxListeners takes no 0 of a signal. */
function mostListenersOf(signal: AbortSignal): unknown {
  const key = Reflect.ownKeys(signal).find((one) => String(one) === 'Symbol(events.maxEventTargetListeners)');
  return key && Reflect.get(signal, key);
}

describe('BoundedCalls', () => {
  it('gives up all that began in one go at once, and tells the other side', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    const signals: AbortSignal[] = [];
    const silent = (signal: AbortSignal) => new Promise<never>(() => signals.push(signal));
    const both = Promise.allSettled([calls.within(20, silent), calls.within(20, silent)]);
    expect(running.size).toBe(1);
    for (const runOut of running) runOut();
    const late = { status: 'rejected', reason: new Error('no answer within 20 ms') };
    expect(await both).toEqual([late, late]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('keeps apart what has another patience, and what began later', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    const silent = () => new Promise<never>(() => undefined);
    void calls.within(20, silent);
    void calls.within(30, silent);
    await nextTick();
    void calls.within(30, silent);
    expect(running.size).toBe(3);
  });

  it('lets each of those that began in one go listen to their signal: so many are no leak', () => {
    const signals: AbortSignal[] = [];
    const calls = new BoundedCalls(stoppedTimers().timers);
    void calls.within(20, async (signal) => signals.push(signal));
    expect(mostListenersOf(signals[0])).toBe(0);
  });

  it('calls its timer off when the last answer is there', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    let answer: (value: number) => void = () => undefined;
    const first = calls.within(20, () => Promise.resolve(1));
    const second = calls.within(20, () => new Promise<number>((resolve) => (answer = resolve)));
    await expect(first).resolves.toBe(1);
    expect(running.size).toBe(1);
    answer(2);
    await expect(second).resolves.toBe(2);
    expect(running.size).toBe(0);
  });

  it('rejects when the other side throws before it has returned a promise', async () => {
    const { timers, running } = stoppedTimers();
    const refusal = new Error('no such number');
    const refused = new BoundedCalls(timers).within(20, () => {
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    expect(running.size).toBe(0);
  });

  it('watches the time of the next call although the one before has thrown at once', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    await Promise.all([
      calls
        .within(20, () => {
          throw new Error('no such number');
        })
        .catch(() => undefined),
      Promise.resolve(void calls.within(20, () => new Promise<never>(() => undefined))),
    ]);
    expect(running.size).toBe(1);
  });

  it('hears one word of each call, the first', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    const heard: string[] = [];
    let answer: (value: string) => void = () => undefined;
    calls.ask(
      20,
      () => new Promise<string>((resolve) => (answer = resolve)),
      (result) => heard.push(result),
      ({ message }) => heard.push(message),
    );
    for (const ring of running) ring();
    answer('too late');
    await nextTick();
    expect(heard).toEqual(['no answer within 20 ms']);
  });
});

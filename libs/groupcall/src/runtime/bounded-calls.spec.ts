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

const within = <T>(calls: BoundedCalls, ms: number, call: (signal: AbortSignal) => Promise<T>) =>
  new Promise<T>((resolve, reject) => calls.ask(ms, call, resolve, reject));
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
    const both = Promise.allSettled([within(calls, 20, silent), within(calls, 20, silent)]);
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
    void within(calls, 20, silent);
    void within(calls, 30, silent);
    await nextTick();
    void within(calls, 30, silent);
    expect(running.size).toBe(3);
  });

  it('lets each of those that began in one go listen to their signal: so many are no leak', () => {
    const signals: AbortSignal[] = [];
    const calls = new BoundedCalls(stoppedTimers().timers);
    void within(calls, 20, async (signal) => signals.push(signal));
    expect(mostListenersOf(signals[0])).toBe(0);
  });

  it('calls its timer off when the last answer is there', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    let answer: (value: number) => void = () => undefined;
    const first = within(calls, 20, () => Promise.resolve(1));
    const second = within(calls, 20, () => new Promise<number>((resolve) => (answer = resolve)));
    await expect(first).resolves.toBe(1);
    expect(running.size).toBe(1);
    answer(2);
    await expect(second).resolves.toBe(2);
    expect(running.size).toBe(0);
  });

  it('rejects when the other side throws before it has returned a promise', async () => {
    const { timers, running } = stoppedTimers();
    const refusal = new Error('no such number');
    const refused = within(new BoundedCalls(timers), 20, () => {
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    expect(running.size).toBe(0);
  });

  it('watches the time of the next call although the one before has thrown at once', async () => {
    const { timers, running } = stoppedTimers();
    const calls = new BoundedCalls(timers);
    await Promise.all([
      within(calls, 20, () => {
        throw new Error('no such number');
      }).catch(() => undefined),
      Promise.resolve(void within(calls, 20, () => new Promise<never>(() => undefined))),
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

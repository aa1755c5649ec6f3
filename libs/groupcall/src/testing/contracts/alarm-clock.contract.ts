/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import type { AlarmClock } from '../../ports/alarm-clock.port.js';
import type { Clock } from '../../ports/clock.port.js';

/** One queue of alarms, and time. */
export interface AlarmClockEnvironment {
  /** What the alarm clocks were made with. */
  readonly clock: Clock;
  /** One more alarm clock on the same queue, as another process would have it; not started. */
  create(): AlarmClock;
  /** Lets `ms` pass: really, or by turning the hands of a virtual clock. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

interface Ring {
  rootId: string;
  /** Epoch ms by the environment's clock. */
  at: number;
}

const PATIENCE = 5_000;

/** What every {@link AlarmClock} keeps: at least once, never early, on whichever instance is there. */
export function describeAlarmClockContract(
  name: string,
  makeEnvironment: () => Promise<AlarmClockEnvironment>,
): void {
  describe(`${name} keeps the contract of an alarm clock`, () => {
    let environment: AlarmClockEnvironment;
    let made: AlarmClock[] = [];
    let rings: Ring[] = [];

    beforeAll(async () => {
      environment = await makeEnvironment();
    });
    afterEach(async () => {
      await Promise.all(made.map((alarmClock) => alarmClock.stop()));
      made = [];
      rings = [];
    });
    afterAll(() => environment.close());

    const now = () => environment.clock.now();
    const note = async (rootId: string) => void rings.push({ rootId, at: now() });
    const ringsOf = (rootId: string) => rings.filter((ring) => ring.rootId === rootId);

    function create(): AlarmClock {
      const alarmClock = environment.create();
      made.push(alarmClock);
      return alarmClock;
    }

    async function started(onAlarm: (rootId: string) => Promise<void> = note): Promise<AlarmClock> {
      const alarmClock = create();
      await alarmClock.start(onAlarm);
      return alarmClock;
    }

    async function until(condition: () => boolean): Promise<void> {
      const deadline = now() + PATIENCE;
      while (!condition() && now() < deadline) await environment.pass(10);
      expect(condition()).toBe(true);
    }

    it('rings at the moment and not before', async () => {
      const alarmClock = await started();
      const rootId = randomUUID();
      const at = now() + 300;
      await alarmClock.arm(rootId, at);
      await until(() => ringsOf(rootId).length > 0);
      expect(ringsOf(rootId)[0].at).toBeGreaterThanOrEqual(at);
      expect(ringsOf(rootId)[0].at).toBeLessThan(at + 2_000);
    });

    it('rings at once when the moment has passed', async () => {
      const alarmClock = await started();
      const rootId = randomUUID();
      const before = now();
      await alarmClock.arm(rootId, before - 60_000);
      await until(() => ringsOf(rootId).length > 0);
      expect(ringsOf(rootId)[0].at).toBeLessThan(before + 2_000);
    });

    it('rings every one of many alarms at its own moment, whichever instance takes it', async () => {
      const [one] = await Promise.all([started(), started()]);
      const start = now();
      const moments = new Map<string, number>();
      for (let i = 0; i < 60; i += 1) moments.set(randomUUID(), start + 100 + i * 10);
      await Promise.all([...moments].map(([rootId, at]) => one.arm(rootId, at)));
      await until(() => new Set(rings.map((ring) => ring.rootId)).size === moments.size);
      expect(rings.filter((ring) => ring.at < moments.get(ring.rootId)!)).toEqual([]);
    });

    it('rings once for all who set the same moment, from whichever instance', async () => {
      const all = await Promise.all([started(), started(), started()]);
      // Far enough for all of them to be set before it rings: whoever comes after that has a ring of its own.
      const at = now() + 2_000;
      const rootIds = Array.from({ length: 30 }, () => randomUUID());
      const set = await Promise.all(rootIds.map((rootId, index) => all[index % 3].arm(rootId, at)));
      expect(set).toEqual(rootIds.map(() => true));
      await until(() => rings.length > 0);
      expect(rings[0].at).toBeGreaterThanOrEqual(at);
      // One that comes later rings after all that came before it.
      const last = randomUUID();
      await all[0].arm(last, now() + 50);
      await until(() => ringsOf(last).length > 0);
      expect(rings.filter((ring) => rootIds.some((rootId) => rootId === ring.rootId))).toHaveLength(1);
    });

    it('rings again when the handler rejects', async () => {
      const rootId = randomUUID();
      const alarmClock = await started(async (id) => {
        await note(id);
        if (ringsOf(id).length < 3) throw new Error('the tree could not be told');
      });
      await alarmClock.arm(rootId, now());
      await until(() => ringsOf(rootId).length >= 3);
    });

    it('goes on ringing others while one handler rejects', async () => {
      const [bad, good] = [randomUUID(), randomUUID()];
      const alarmClock = await started(async (id) => {
        await note(id);
        if (id === bad) throw new Error('the tree could not be told');
      });
      await alarmClock.arm(bad, now());
      await until(() => ringsOf(bad).length > 0);
      await alarmClock.arm(good, now());
      await until(() => ringsOf(good).length > 0);
    });

    it('rings an alarm of an instance that is gone', async () => {
      const gone = create();
      const rootId = randomUUID();
      const at = now() + 200;
      await gone.arm(rootId, at);
      await gone.stop();
      await started();
      await until(() => ringsOf(rootId).length > 0);
      expect(ringsOf(rootId)[0].at).toBeGreaterThanOrEqual(at);
    });

    it('rings a root that was armed twice, first at the earlier moment', async () => {
      const alarmClock = await started();
      const rootId = randomUUID();
      const earliest = now() + 100;
      await alarmClock.arm(rootId, earliest + 300);
      await alarmClock.arm(rootId, earliest);
      await until(() => ringsOf(rootId).length > 0);
      expect(ringsOf(rootId)[0].at).toBeGreaterThanOrEqual(earliest);
      expect(ringsOf(rootId)[0].at).toBeLessThan(earliest + 2_000);
    });

    it('rings again for a moment that has passed, when it is set again after it rang', async () => {
      const alarmClock = await started();
      const rootId = randomUUID();
      const at = now();
      await alarmClock.arm(rootId, at);
      await until(() => ringsOf(rootId).length === 1);
      await alarmClock.arm(rootId, at);
      await until(() => ringsOf(rootId).length === 2);
    });

    it('rings no more once it has been stopped, however often it is stopped', async () => {
      const alarmClock = await started();
      const rootId = randomUUID();
      await alarmClock.arm(rootId, now() + 150);
      await alarmClock.stop();
      await alarmClock.stop();
      await environment.pass(400);
      expect(ringsOf(rootId)).toEqual([]);
    });
  });
}

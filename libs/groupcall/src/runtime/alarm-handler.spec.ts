import { ManualClock } from '../adapters/in-memory/index.js';
import type { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import { resolveOptions, type GroupcallTimings } from '../groupcall.options.js';
import type { GroupcallStore } from '../ports/groupcall-store.port.js';
import { AlarmHandler } from './alarm-handler.js';
import type { GroupcallRuntime } from './groupcall-runtime.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** @param overdue by how many ms the deadlines have passed of trees that nobody has told; their ids say so */
function setting(overdue: readonly number[], timings: Partial<GroupcallTimings>) {
  const clock = new ManualClock();
  const told: HandleAlarmCommand[] = [];
  const metrics = new RuntimeMetrics();
  const handler = new AlarmHandler(
    { send: async (command: HandleAlarmCommand) => void told.push(command) } as unknown as GroupcallRuntime,
    {
      dueAlarms: async (until: number) =>
        overdue.filter((ms) => clock.now() - ms <= until).map((ms) => `late by ${ms}`),
    } as unknown as GroupcallStore,
    clock,
    metrics,
    resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' }, timings }),
  );
  return { clock, handler, metrics, told };
}

describe('The sweep', () => {
  it('leaves those alone whom the timers or the queue are only just telling', async () => {
    const { clock, handler, metrics, told } = setting([0, 249, 250, 900], { alarmBucket: 250 });
    await handler.sweep();
    expect(told).toMatchObject([
      { rootId: 'late by 250', now: clock.now() },
      { rootId: 'late by 900', now: clock.now() },
    ]);
    expect(metrics.alarmsSwept).toBe(2);
  });

  it('does not wait for a queue that rings more seldom than it sweeps', async () => {
    const { handler, told } = setting([499, 500], { alarmBucket: 60_000, sweepInterval: 500 });
    await handler.sweep();
    expect(told).toMatchObject([{ rootId: 'late by 500' }]);
  });
});

describe('An alarm of the queue', () => {
  it('rings every tree that is due at this moment', async () => {
    const { handler, metrics, told } = setting([0, 100], { alarmBucket: 250 });
    await handler.ring('named');
    expect(told.map(({ rootId }) => rootId)).toEqual(['named', 'late by 0', 'late by 100']);
    expect(metrics.alarmsRung).toBe(2);
  });
});

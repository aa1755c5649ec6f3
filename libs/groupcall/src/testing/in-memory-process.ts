import {
  InMemoryGroupcallStore,
  ManualAlarmClock,
  ManualAlarmQueue,
  type InMemoryDatabase,
} from '../adapters/in-memory/index.js';
import type { ManualClock } from '../adapters/in-memory/index.js';
import { resolveOptions } from '../groupcall.options.js';
import { AlarmSetter } from '../runtime/alarm-setter.js';
import { CommitWriter } from '../runtime/commit-writer.js';
import { GroupcallRuntime } from '../runtime/groupcall-runtime.js';
import { OutboxSignal } from '../runtime/outbox-signal.js';
import { RealTimers } from '../runtime/real-timers.js';
import { RuntimeMetrics } from '../runtime/runtime-metrics.js';
import { TreeBatches } from '../runtime/tree-batches.js';
import { TreeTurns } from '../runtime/tree-turns.js';

/** The runtime of one process on a database in memory, wired by hand: no host, no relay, no real time. */
export function inMemoryProcess(database: InMemoryDatabase, clock: ManualClock) {
  const store = new InMemoryGroupcallStore(database);
  const metrics = new RuntimeMetrics();
  const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' } });
  const alarms = new AlarmSetter(new ManualAlarmClock(new ManualAlarmQueue(clock)));
  const writer = new CommitWriter(store, options, metrics);
  const turns = new TreeTurns(
    store,
    writer,
    clock,
    alarms,
    new OutboxSignal(),
    metrics,
    new RealTimers(),
    options,
  );
  const runtime = new GroupcallRuntime(store, turns, metrics);
  return { store, runtime, batches: new TreeBatches(runtime), options };
}

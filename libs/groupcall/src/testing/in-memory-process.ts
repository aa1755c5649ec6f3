import {
  InMemoryGroupcallStore,
  ManualAlarmClock,
  ManualAlarmQueue,
  type InMemoryDatabase,
} from '../adapters/in-memory/index.js';
import type { ManualClock } from '../adapters/in-memory/index.js';
import { resolveOptions } from '../groupcall.options.js';
import { NoPeers } from '../ports/peer-link.port.js';
import { AlarmSetter } from '../runtime/alarm-setter.js';
import { CommandForwarder } from '../runtime/command-forwarder.js';
import { CommitWriter } from '../runtime/commit-writer.js';
import { DeadlineTimers } from '../runtime/deadline-timers.js';
import { GroupcallRuntime } from '../runtime/groupcall-runtime.js';
import { LoadGate } from '../runtime/load-gate.js';
import { LoadReader } from '../runtime/load-reader.js';
import { OutboxSignal } from '../runtime/outbox-signal.js';
import { Peers } from '../runtime/peers.js';
import { ProcessNumber } from '../runtime/process-number.js';
import { RealTimers } from '../runtime/real-timers.js';
import { RuntimeMetrics } from '../runtime/runtime-metrics.js';
import { TreeBatches } from '../runtime/tree-batches.js';
import { TreeTurns } from '../runtime/tree-turns.js';

/** The runtime of one process on a database in memory, wired by hand: no host, no relay, no real time. */
export function inMemoryProcess(database: InMemoryDatabase, clock: ManualClock) {
  const store = new InMemoryGroupcallStore(database);
  const metrics = new RuntimeMetrics();
  const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' } });
  const timers = new RealTimers();
  const alarmClock = new ManualAlarmClock(new ManualAlarmQueue(clock));
  // Never started: here nothing happens by itself.
  const deadlines = new DeadlineTimers(clock, timers);
  const alarms = new AlarmSetter(alarmClock, deadlines, clock, options);
  const outbox = new OutboxSignal();
  const writer = new CommitWriter(store, options, metrics, outbox, timers);
  const reader = new LoadReader(store);
  const turns = new TreeTurns(reader, writer, clock, alarms, metrics, timers, outbox, options);
  const gate = new LoadGate(clock, metrics, options);
  const peers = new Peers(new NoPeers(), new ProcessNumber(), timers, options);
  const forwarder = new CommandForwarder(peers, metrics);
  const runtime = new GroupcallRuntime(store, turns, reader, gate, metrics, forwarder);
  return { store, runtime, gate, forwarder, batches: new TreeBatches(runtime), options };
}

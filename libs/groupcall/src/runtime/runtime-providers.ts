import type { Provider } from '@nestjs/common';
import { Timers } from '../ports/timers.port.js';
import { AlarmHandler } from './alarm-handler.js';
import { AlarmSetter } from './alarm-setter.js';
import { CommitWriter } from './commit-writer.js';
import { EffectExecutor } from './effect-executor.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { Lifecycle } from './lifecycle.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxSignal } from './outbox-signal.js';
import { ProcessName } from './process-name.js';
import { RealTimers } from './real-timers.js';
import { ReceiptBatcher } from './receipt-batcher.js';
import { Reconciler } from './reconciler.js';
import { RuntimeMetrics } from './runtime-metrics.js';
import { TreeBatches } from './tree-batches.js';
import { TreeTurns } from './tree-turns.js';

export const RUNTIME_PROVIDERS: Provider[] = [
  AlarmHandler,
  AlarmSetter,
  CommitWriter,
  EffectExecutor,
  GroupcallRuntime,
  Lifecycle,
  OutboxRelay,
  OutboxSignal,
  ProcessName,
  ReceiptBatcher,
  Reconciler,
  RuntimeMetrics,
  TreeBatches,
  TreeTurns,
  { provide: Timers, useClass: RealTimers },
];

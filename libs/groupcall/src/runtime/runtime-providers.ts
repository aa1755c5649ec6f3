import type { Provider } from '@nestjs/common';
import { NoPeers, PeerLink } from '../ports/peer-link.port.js';
import { Timers } from '../ports/timers.port.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { AlarmHandler } from './alarm-handler.js';
import { AlarmSetter } from './alarm-setter.js';
import { BundleReceipts } from './bundle-receipts.js';
import { CommandForwarder } from './command-forwarder.js';
import { CommitWriter } from './commit-writer.js';
import { DeadlineTimers } from './deadline-timers.js';
import { DialGuard } from './dial-guard.js';
import { EffectExecutor } from './effect-executor.js';
import { GroupcallRuntime } from './groupcall-runtime.js';
import { HeldEffects } from './held-effects.js';
import { Lifecycle } from './lifecycle.js';
import { LoadGate } from './load-gate.js';
import { LoadReader } from './load-reader.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxSignal } from './outbox-signal.js';
import { Peers } from './peers.js';
import { ProcessName } from './process-name.js';
import { ProcessNumber } from './process-number.js';
import { RealTimers } from './real-timers.js';
import { ReceiptBatcher } from './receipt-batcher.js';
import { Reconciler } from './reconciler.js';
import { RuntimeMetrics } from './runtime-metrics.js';
import { TreeBatches } from './tree-batches.js';
import { TreeTurns } from './tree-turns.js';

export const RUNTIME_PROVIDERS: Provider[] = [
  AlarmHandler,
  AlarmSetter,
  BundleReceipts,
  CommandForwarder,
  CommitWriter,
  DeadlineTimers,
  DialGuard,
  EffectExecutor,
  GroupcallRuntime,
  HeldEffects,
  Lifecycle,
  LoadGate,
  LoadReader,
  OutboxRelay,
  OutboxSignal,
  Peers,
  ProcessName,
  ProcessNumber,
  ReceiptBatcher,
  Reconciler,
  RuntimeMetrics,
  TreeBatches,
  TreeTurns,
  // Whoever has peers or a tracer provides them after these.
  { provide: PeerLink, useClass: NoPeers },
  { provide: Tracer, useClass: NoTracer },
  { provide: Timers, useClass: RealTimers },
];

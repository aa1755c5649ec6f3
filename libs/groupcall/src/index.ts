// The public surface: named exports only. Entities and migrations are in ./typeorm, the testing kit in ./testing.
export {
  GroupcallModule,
  type GroupcallModuleAsyncOptions,
  type GroupcallModuleForRootOptions,
  type GroupcallWiring,
} from './groupcall.module.js';
export { DEFAULT_INSTANCE, forInstance, instanceToken } from './instances/instance-name.js';
export { GroupcallClientModule, type GroupcallClientModuleAsyncOptions } from './groupcall-client.module.js';
export type { GroupcallClientModuleOptions } from './groupcall-client.options.js';
export { withDelivery, type CommandDelivery } from './remote/command-delivery.js';
export { RemoteCommands } from './remote/remote-commands.js';
export {
  DEFAULT_CAPACITY,
  DEFAULT_LIMITS,
  DEFAULT_TIMINGS,
  type AlarmQueueOptions,
  type GroupcallCapacity,
  type GroupcallLimits,
  type GroupcallModuleOptions,
  type GroupcallTimings,
  type GroupcallWorkers,
} from './groupcall.options.js';

export {
  CreateGroupcallCommand,
  type CreateGroupcallInput,
  type DestinationInput,
} from './commands/create-groupcall/create-groupcall.command.js';
export { DIAL_TIMEOUT } from './commands/create-groupcall/create-groupcall.validate.js';
export { DeleteCustomerCommand } from './commands/delete-customer/delete-customer.command.js';
export { DeleteGroupcallCommand } from './commands/delete-groupcall/delete-groupcall.command.js';
export { FreezeCustomerCommand } from './commands/freeze-customer/freeze-customer.command.js';
export { HandleAnswerCommand } from './commands/handle-answer/handle-answer.command.js';
export type { AnswerOutcome } from './commands/handle-answer/handle-answer.decide.js';
export { HandleHangupCommand } from './commands/handle-hangup/handle-hangup.command.js';
export { HandleMasterCallHangupCommand } from './commands/handle-master-call-hangup/handle-master-call-hangup.command.js';
export { HandleRingingCommand } from './commands/handle-ringing/handle-ringing.command.js';
export { HangupOthersCommand } from './commands/hangup-others/hangup-others.command.js';
export { HangupCommand } from './commands/hangup/hangup.command.js';

export * from './events/index.js';
export { PUBLIC_EVENT_TYPES, type PublicEvent, type PublicEventType } from './domain/effect.js';

export type { Destination } from './domain/destination.js';
export {
  CommandOutcomeUnknownError,
  ERROR_REASONS,
  GroupcallError,
  OverloadedError,
  type ErrorReason,
  type FieldProblem,
} from './domain/groupcall-error.js';
export type { GroupcallResource } from './domain/groupcall-resource.js';
export type { LegResource } from './domain/leg-resource.js';
export type { Resolution } from './domain/resolution.js';
export * from './domain/status.js';

export { AlarmClock } from './ports/alarm-clock.port.js';
export {
  CallGateway,
  CallRefusedError,
  type GatewayCapabilities,
  type GatewayCall,
  type GatewayCallState,
  type OutgoingCall,
} from './ports/call-gateway.port.js';
export { Clock } from './ports/clock.port.js';
export { DialLedger, type DialLimits } from './ports/dial-ledger.port.js';
export type { DialPolicy } from './domain/dial-policy.js';
export { DestinationResolver, NoDirectory } from './ports/destination-resolver.port.js';
export { EffectOutbox, type OutboxStats } from './ports/effect-outbox.port.js';
export { GroupcallEventSink, NoEventSink } from './ports/groupcall-event-sink.port.js';
export {
  GroupcallReader,
  type GroupcallFilter,
  type LegFilter,
  type ListPosition,
  type ListRequest,
  type Page,
} from './ports/groupcall-reader.port.js';
export { GroupcallArchive, type ArchivedTree } from './ports/groupcall-archive.port.js';
export { GroupcallStore, UnstorableTurnsError } from './ports/groupcall-store.port.js';
export {
  ALARM_QUEUE,
  BullmqAlarmClock,
  BullmqCommandReceiver,
  BullmqCommandSender,
  COMMAND_QUEUE,
  GroupcallQueues,
  idsOnly,
} from './adapters/bullmq/index.js';
export { previewRing, type PreviewOptions } from './preview/preview-ring.js';
export type * from './preview/ring-preview.js';
export { RingPreviewer } from './preview/ring-previewer.js';
export { CallNotifications } from './runtime/call-notifications.js';
export { GroupcallRuntime } from './runtime/groupcall-runtime.js';
export { Distribution } from './runtime/distribution.js';
export { Retention, type RetentionOptions } from './runtime/retention.js';
export { RuntimeMetrics } from './runtime/runtime-metrics.js';

import {
  CallGateway,
  Clock,
  DestinationResolver,
  EffectOutbox,
  GroupcallEventSink,
  GroupcallReader,
  GroupcallStore,
} from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../../../libs/groupcall/src/groupcall.options.js';
import { AlarmHandler } from '../../../libs/groupcall/src/runtime/alarm-handler.js';
import { EffectExecutor } from '../../../libs/groupcall/src/runtime/effect-executor.js';
import { GroupcallRuntime } from '../../../libs/groupcall/src/runtime/groupcall-runtime.js';
import { BundleReceipts } from '../../../libs/groupcall/src/runtime/bundle-receipts.js';
import { OutboxRelay } from '../../../libs/groupcall/src/runtime/outbox-relay.js';
import type { EngineParts } from './engine.js';

/** Takes the library's parts out of the host that runs it. */
export function partsOf(host: INestApplicationContext): EngineParts {
  const get = <T>(token: abstract new (...args: never[]) => T): T => host.get<T>(token, { strict: false });
  return {
    bus: get(CommandBus),
    runtime: get(GroupcallRuntime),
    relay: get(OutboxRelay),
    receipts: get(BundleReceipts),
    executor: get(EffectExecutor),
    alarms: get(AlarmHandler),
    store: get(GroupcallStore),
    reader: get(GroupcallReader),
    outbox: get(EffectOutbox),
    hostClock: get(Clock),
    hostGateway: get(CallGateway),
    hostResolver: get(DestinationResolver),
    sink: get(GroupcallEventSink),
    limits: host.get<ResolvedOptions>(GROUPCALL_OPTIONS, { strict: false }).limits,
  };
}

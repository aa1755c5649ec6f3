import { Global, Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CallGateway,
  CreateGroupcallCommand,
  GroupcallModule,
  HandleAnswerCommand,
  HandleHangupCommand,
  type GatewayCall,
  type GatewayCallState,
  type GroupcallModuleOptions,
  type OutgoingCall,
} from '../../libs/groupcall/src/index.js';
import { BundleReceipts } from '../../libs/groupcall/src/runtime/bundle-receipts.js';
import { HeldEffects } from '../../libs/groupcall/src/runtime/held-effects.js';
import { OutboxRelay } from '../../libs/groupcall/src/runtime/outbox-relay.js';
import type { Switchboard } from '../load/engine.js';
import { requestFor } from '../load/shape.js';
import type { Contender, ContenderOptions } from './contender.js';
import { dataSourceOptions } from './data-source.js';

/** A gateway that places calls in no time and tells the switchboard. */
@Injectable()
export class BenchGateway extends CallGateway {
  switchboard!: Switchboard;

  override createCall(call: OutgoingCall): Promise<void> {
    this.switchboard.placed(call.from.name, call.id);
    return DONE;
  }

  override hangupCall(id: string): Promise<GatewayCallState> {
    this.switchboard.hungUp(id);
    return RINGING;
  }

  override getCall(id: string): Promise<GatewayCall> {
    return Promise.resolve({ id, state: 'ringing' });
  }

  override listCalls(): Promise<GatewayCall[]> {
    return Promise.resolve([]);
  }
}

const DONE = Promise.resolve();
const RINGING = Promise.resolve('ringing' as const);

@Global()
@Module({ providers: [BenchGateway], exports: [BenchGateway] })
class BenchGatewayModule {}

/** Nobody is told "slow down" here: what is measured is the engine. The defaults otherwise. */
const ENGINE_OPTIONS = {
  limits: { destinations: 0, legsPerTree: 0, depth: 0, liveLegs: 0, groupcallsPerSecond: 0 },
} satisfies Partial<GroupcallModuleOptions>;

/** The engine inside a Nest host, as a host uses it: commands over the host's CommandBus. */
async function startEngine(options: ContenderOptions, engine: Partial<GroupcallModuleOptions>) {
  @Module({
    imports: [
      CqrsModule.forRoot(),
      TypeOrmModule.forRoot(dataSourceOptions(options.databaseUrl)),
      GroupcallModule.forRootAsync({
        imports: [BenchGatewayModule],
        useFactory: (): GroupcallModuleOptions => ({ queue: options.queue, ...ENGINE_OPTIONS, ...engine }),
        gateway: BenchGateway,
      }),
    ],
  })
  class BenchHost {}
  const app = await NestFactory.createApplicationContext(BenchHost, { logger: ['error', 'warn'] });
  return { app, bus: app.get(CommandBus), gateway: app.get(BenchGateway) };
}

export interface GroupcallContender extends Contender {
  readonly app: INestApplicationContext;
  readonly gateway: BenchGateway;
}

export const start = async (
  options: ContenderOptions,
  driver: Switchboard,
  engine: Partial<GroupcallModuleOptions> = {},
): Promise<GroupcallContender> => {
  const { app, bus, gateway } = await startEngine(options, engine);
  gateway.switchboard = driver;
  return {
    app,
    gateway,
    bestOpen: 300,
    create: (name, shape) => bus.execute(new CreateGroupcallCommand(requestFor(shape, name))),
    answer: (legId) => bus.execute(new HandleAnswerCommand({ legId })),
    ended: (legId, reason) => bus.execute(new HandleHangupCommand({ legId, reason })),
    settle: async () => {
      await Promise.all([app.get(HeldEffects).whenIdle(), app.get(OutboxRelay).whenIdle()]);
      await app.get(BundleReceipts).flush();
    },
    close: () => app.close(),
  };
};

import { randomUUID } from 'node:crypto';
import {
  BullmqCommandSender,
  CallGateway,
  GroupcallClientModule,
  GroupcallModule,
  type AlarmQueueOptions,
  type GatewayCall,
  type GatewayCallState,
  type GroupcallClientModuleOptions,
  type OutgoingCall,
} from '@groupcall/groupcall';
import {
  GROUPCALL_ENTITIES,
  GROUPCALL_MIGRATIONS,
  runGroupcallMigrations,
} from '@groupcall/groupcall/typeorm';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Takes every call and says nothing by itself. */
export class QuietGateway extends CallGateway {
  readonly calls = new Map<string, GatewayCall>();

  override async createCall({ id }: OutgoingCall): Promise<void> {
    if (!this.calls.has(id)) this.calls.set(id, { id, state: 'ringing' });
  }
  override async hangupCall(id: string): Promise<GatewayCallState> {
    const found = this.calls.get(id)?.state ?? 'unknown';
    this.calls.set(id, { id, state: 'ended' });
    return found;
  }
  override async getCall(id: string): Promise<GatewayCall> {
    return this.calls.get(id) ?? { id, state: 'unknown' };
  }
  override async listCalls(): Promise<GatewayCall[]> {
    return [];
  }
}

/** A process with the engine, on a database that is migrated here. */
export async function startEngine(
  databaseUrl: string,
  queue: AlarmQueueOptions,
  gateway = new QuietGateway(),
): Promise<INestApplicationContext> {
  @Module({ providers: [{ provide: QuietGateway, useValue: gateway }], exports: [QuietGateway] })
  class Calls {}
  @Module({
    imports: [
      CqrsModule.forRoot(),
      TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, entities: [...GROUPCALL_ENTITIES] }),
      GroupcallModule.forRootAsync({
        imports: [Calls as never],
        useFactory: () => ({ queue, workers: { commands: true }, limits: { groupcallsPerSecond: 0 } }),
        gateway: QuietGateway,
      }),
    ],
  })
  class Engine {}
  return NestFactory.createApplicationContext(Engine, { logger: false, abortOnError: false });
}

export async function migrate(databaseUrl: string): Promise<void> {
  const source = await new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: [...GROUPCALL_ENTITIES],
    migrations: [...GROUPCALL_MIGRATIONS],
  }).initialize();
  await runGroupcallMigrations(source);
  await source.destroy();
}

/** A service that has neither database nor gateway. */
export async function startClient(options: GroupcallClientModuleOptions): Promise<INestApplicationContext> {
  @Module({ imports: [CqrsModule.forRoot(), GroupcallClientModule.forRoot(options)] })
  class InternalService {}
  return NestFactory.createApplicationContext(InternalService, { logger: false, abortOnError: false });
}

export const busOf = (app: INestApplicationContext): CommandBus => app.get(CommandBus, { strict: false });
export const senderOf = (app: INestApplicationContext): BullmqCommandSender =>
  app.get(BullmqCommandSender, { strict: false });

/** A request for some phones that ring until they are hung up. */
export function request(phones = 2, customerId: string = randomUUID()) {
  const destinations = Array.from({ length: phones }, (_, n) => ({
    type: 'tel' as const,
    target: `+1555000${1000 + n}`,
  }));
  return { customerId, destinations };
}

import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type InjectionToken,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { BullmqCommandSender, COMMAND_QUEUE } from './adapters/bullmq/index.js';
import { findTracer } from './adapters/opentelemetry/index.js';
import {
  GROUPCALL_CLIENT_OPTIONS,
  resolveClientOptions,
  type GroupcallClientModuleOptions,
  type ResolvedClientOptions,
} from './groupcall-client.options.js';
import { CommandSender } from './ports/command-transport.port.js';
import { Tracer } from './ports/tracer.port.js';
import { RemoteCommands } from './remote/remote-commands.js';
import { REMOTE_COMMAND_HANDLERS } from './remote/remote-command-handlers.js';
import { GroupcallRuntime } from './runtime/groupcall-runtime.js';

/** How a service plugs the client in. */
export interface GroupcallClientModuleAsyncOptions {
  /** Modules that export what `inject` asks for. */
  imports?: DynamicModule['imports'];
  /** What `useFactory` is called with. */
  inject?: InjectionToken[];
  /** Makes the options; may be asynchronous. */
  useFactory: (...injected: never[]) => GroupcallClientModuleOptions | Promise<GroupcallClientModuleOptions>;
}

/** Where `@nestjs/bullmq` and Bull Board's Nest module look for a queue: `getQueueToken(name)`. */
const queueToken = (name: string) => `BullQueue_${name}`;

/**
 * For services without the engine: every public command, executed on this service's CommandBus, is carried out by an
 * engine that has `workers.commands`, over the queue that both name. The service owns `CqrsModule.forRoot()`; it needs
 * neither the database nor a gateway.
 */
@Module({})
export class GroupcallClientModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly modules: ModuleRef,
    private readonly sender: BullmqCommandSender,
    @Optional() @Inject(CommandBus) private readonly commandBus?: CommandBus,
  ) {}

  /** Options known when the module is imported; a wrong one stops the boot. */
  static forRoot(options: GroupcallClientModuleOptions): DynamicModule {
    return GroupcallClientModule.forRootAsync({ useFactory: () => options });
  }

  /** Options when the providers are there; a wrong one stops the boot. */
  static forRootAsync(options: GroupcallClientModuleAsyncOptions): DynamicModule {
    return {
      module: GroupcallClientModule,
      imports: options.imports ?? [],
      providers: [
        {
          provide: GROUPCALL_CLIENT_OPTIONS,
          inject: options.inject ?? [],
          useFactory: async (...injected: never[]): Promise<ResolvedClientOptions> =>
            resolveClientOptions(await options.useFactory(...injected)),
        },
        {
          provide: BullmqCommandSender,
          inject: [GROUPCALL_CLIENT_OPTIONS],
          useFactory: ({ queue, ...limits }: ResolvedClientOptions) => new BullmqCommandSender(queue, limits),
        },
        { provide: CommandSender, useExisting: BullmqCommandSender },
        {
          provide: queueToken(COMMAND_QUEUE),
          inject: [BullmqCommandSender],
          useFactory: (sender: BullmqCommandSender) => sender.queue,
        },
        { provide: Tracer, useFactory: findTracer },
        RemoteCommands,
        ...REMOTE_COMMAND_HANDLERS,
      ],
      exports: [BullmqCommandSender, RemoteCommands, queueToken(COMMAND_QUEUE)],
    };
  }

  /**
   * Nest's hook: looks whether everything is there, and begins to listen for replies.
   * @throws Error that says what to add or to leave out
   */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.commandBus) {
      throw new Error(
        'GroupcallClientModule: there is no CommandBus. Import CqrsModule.forRoot() in the root module.',
      );
    }
    if (this.hasEngine()) {
      throw new Error(
        'GroupcallClientModule: GroupcallModule is in this process too, so every command would have two handlers. Import one of them: the engine needs no client.',
      );
    }
    await this.sender.start();
  }

  /** Nest's hook: whoever still waits is told that the outcome is not known. */
  onModuleDestroy(): Promise<void> {
    return this.sender.stop();
  }

  private hasEngine(): boolean {
    try {
      return this.modules.get(GroupcallRuntime, { strict: false }) !== undefined;
    } catch {
      return false;
    }
  }
}

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { USE_CASES } from '../commands/command-handlers.js';
import { GroupcallInstances, type CommandExecutor, type InstanceIdentity } from './groupcall-instances.js';

/** Injection token of {@link InstanceIdentity}. */
export const INSTANCE_IDENTITY = Symbol('identity of this engine');

/** One engine: its own handlers on its own ports, known to the process by its name. */
@Injectable()
export class GroupcallInstance implements OnModuleInit {
  constructor(
    private readonly module: ModuleRef,
    private readonly instances: GroupcallInstances,
    @Inject(INSTANCE_IDENTITY) private readonly identity: InstanceIdentity,
  ) {}

  async onModuleInit(): Promise<void> {
    const handlers = new Map<unknown, CommandExecutor>();
    // Made and not provided: what a module provides is registered on the CommandBus.
    for (const { command, handler } of USE_CASES)
      handlers.set(command, await this.module.create<CommandExecutor>(handler));
    this.instances.add(this.identity, handlers);
  }
}

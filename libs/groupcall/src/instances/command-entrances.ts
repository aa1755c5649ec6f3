import type { Type } from '@nestjs/common';
import { CommandHandler, type ICommand, type ICommandHandler } from '@nestjs/cqrs';
import { USE_CASES } from '../commands/command-handlers.js';
import { GroupcallInstances } from './groupcall-instances.js';

/**
 * What the CommandBus knows: one handler per command and process, however many engines there are. A bus has one handler
 * for a command, and the last one registered would silently get the commands of all others.
 */
export const COMMAND_ENTRANCES: Type[] = USE_CASES.map(({ command }) => {
  @CommandHandler(command)
  class CommandEntrance implements ICommandHandler<ICommand> {
    constructor(private readonly instances: GroupcallInstances) {}

    /** Not async: every command comes this way, and a promise of a promise is three. */
    execute(given: ICommand): Promise<unknown> {
      try {
        return this.instances.handlerOf(given).execute(given);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
  return CommandEntrance;
});

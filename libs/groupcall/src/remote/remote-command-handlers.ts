import type { Type } from '@nestjs/common';
import { CommandHandler, type Command, type ICommandHandler } from '@nestjs/cqrs';
import { PUBLIC_COMMANDS } from './public-commands.js';
import { RemoteCommands } from './remote-commands.js';

/** For every public command a handler that sends it to the engine. */
export const REMOTE_COMMAND_HANDLERS: Type[] = PUBLIC_COMMANDS.map(({ type }) => {
  @CommandHandler(type)
  class RemoteCommandHandler implements ICommandHandler<Command<unknown>> {
    constructor(private readonly remote: RemoteCommands) {}

    execute(command: Command<unknown>): Promise<unknown> {
      return this.remote.execute(command);
    }
  }
  // What Nest and its logs call it.
  Object.defineProperty(RemoteCommandHandler, 'name', { value: `Remote${type.name}Handler` });
  return RemoteCommandHandler;
});

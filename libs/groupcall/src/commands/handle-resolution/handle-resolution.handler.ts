import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HandleResolutionCommand } from './handle-resolution.command.js';

@CommandHandler(HandleResolutionCommand)
export class HandleResolutionHandler implements ICommandHandler<HandleResolutionCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HandleResolutionCommand) {
    return this.runtime.send(command);
  }
}

import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HandleRingingCommand } from './handle-ringing.command.js';

@CommandHandler(HandleRingingCommand)
export class HandleRingingHandler implements ICommandHandler<HandleRingingCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HandleRingingCommand) {
    return this.runtime.send(command);
  }
}

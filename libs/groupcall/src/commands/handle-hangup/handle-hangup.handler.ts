import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HandleHangupCommand } from './handle-hangup.command.js';

@CommandHandler(HandleHangupCommand)
export class HandleHangupHandler implements ICommandHandler<HandleHangupCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HandleHangupCommand) {
    return this.runtime.send(command);
  }
}

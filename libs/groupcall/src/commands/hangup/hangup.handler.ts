import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HangupCommand } from './hangup.command.js';

@CommandHandler(HangupCommand)
export class HangupHandler implements ICommandHandler<HangupCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HangupCommand) {
    return this.runtime.send(command);
  }
}

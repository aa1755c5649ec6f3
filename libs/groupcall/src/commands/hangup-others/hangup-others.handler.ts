import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HangupOthersCommand } from './hangup-others.command.js';

@CommandHandler(HangupOthersCommand)
export class HangupOthersHandler implements ICommandHandler<HangupOthersCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HangupOthersCommand) {
    return this.runtime.send(command);
  }
}

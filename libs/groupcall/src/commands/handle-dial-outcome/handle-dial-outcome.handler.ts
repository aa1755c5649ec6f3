import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HandleDialOutcomeCommand } from './handle-dial-outcome.command.js';

@CommandHandler(HandleDialOutcomeCommand)
export class HandleDialOutcomeHandler implements ICommandHandler<HandleDialOutcomeCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HandleDialOutcomeCommand) {
    return this.runtime.send(command);
  }
}

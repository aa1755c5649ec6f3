import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HandleAnswerCommand } from './handle-answer.command.js';

@CommandHandler(HandleAnswerCommand)
export class HandleAnswerHandler implements ICommandHandler<HandleAnswerCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HandleAnswerCommand) {
    return this.runtime.send(command);
  }
}

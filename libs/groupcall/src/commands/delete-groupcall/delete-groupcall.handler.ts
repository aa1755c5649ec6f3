import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { DeleteGroupcallCommand } from './delete-groupcall.command.js';

@CommandHandler(DeleteGroupcallCommand)
export class DeleteGroupcallHandler implements ICommandHandler<DeleteGroupcallCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: DeleteGroupcallCommand) {
    return this.runtime.send(command);
  }
}

import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { HandleAlarmCommand } from './handle-alarm.command.js';

@CommandHandler(HandleAlarmCommand)
export class HandleAlarmHandler implements ICommandHandler<HandleAlarmCommand> {
  constructor(private readonly runtime: GroupcallRuntime) {}

  execute(command: HandleAlarmCommand) {
    return this.runtime.send(command);
  }
}

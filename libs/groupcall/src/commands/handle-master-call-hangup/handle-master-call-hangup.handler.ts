import { NIL_UUID } from '@groupcall/shared';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { canonicalId } from '../../domain/canonical-id.js';
import { invalidArgument } from '../../domain/groupcall-error.js';
import { GroupcallStore } from '../../ports/groupcall-store.port.js';
import { TreeBatches } from '../../runtime/tree-batches.js';
import { HangupCommand } from '../hangup/hangup.command.js';
import { HandleMasterCallHangupCommand } from './handle-master-call-hangup.command.js';

@CommandHandler(HandleMasterCallHangupCommand)
export class HandleMasterCallHangupHandler implements ICommandHandler<HandleMasterCallHangupCommand> {
  constructor(
    private readonly store: GroupcallStore,
    private readonly batches: TreeBatches,
  ) {}

  execute(command: HandleMasterCallHangupCommand) {
    const id = canonicalId('master_call_id', command.masterCallId);
    // The nil UUID says that there is no master call: every groupcall of every customer that has none would be hung up.
    if (id === NIL_UUID)
      throw invalidArgument([{ field: 'master_call_id', message: 'must be a UUID, and not the nil one' }]);
    return this.batches.send(
      (after, limit) => this.store.liveRootsOfMasterCall(id, after, limit),
      ({ rootId }) => new HangupCommand({ groupcallId: rootId }),
      command.onProgress,
    );
  }
}
